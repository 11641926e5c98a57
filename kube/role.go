package kube

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// rbacVersion is the API version of roles.
const rbacVersion = "rbac.authorization.k8s.io/v1"

// Role is what a Role allows in its namespace, or a ClusterRole everywhere.
type Role struct {
	Name      string
	Namespace string // "" for a ClusterRole
	Rules     []RoleRule
}

// RoleRule is one rule of a role, with the fields of Kubernetes' PolicyRule
// (rbac.authorization.k8s.io/v1). "*" stands for everything.
type RoleRule struct {
	APIGroups       []string `json:"apiGroups,omitempty"` // "" for the core group
	Resources       []string `json:"resources,omitempty"` // "pods", "pods/log"
	ResourceNames   []string `json:"resourceNames,omitempty"`
	NonResourceURLs []string `json:"nonResourceURLs,omitempty"`
	Verbs           []string `json:"verbs"`
}

// Kind is "Role" or "ClusterRole".
func (r Role) Kind() string {
	if r.Namespace == "" {
		return "ClusterRole"
	}
	return "Role"
}

// YAML is the role as a document that kubectl applies.
func (r Role) YAML() string {
	type meta struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace,omitempty"`
	}
	return valueOf(struct {
		APIVersion string     `json:"apiVersion"`
		Kind       string     `json:"kind"`
		Metadata   meta       `json:"metadata"`
		Rules      []RoleRule `json:"rules"`
	}{rbacVersion, r.Kind(), meta{r.Name, r.Namespace}, r.Rules}).YAML()
}

// Accesses lists what the role allows, each access once, in the order of its
// rules.
func (r Role) Accesses() []Access {
	var all []Access
	for _, rule := range r.Rules {
		all = append(all, rule.accesses(r.Namespace)...)
	}
	return distinct(all)
}

func distinct(accesses []Access) []Access {
	seen := make(map[Access]bool)
	return slices.DeleteFunc(accesses, func(a Access) bool {
		defer func() { seen[a] = true }()
		return seen[a]
	})
}

func (r RoleRule) accesses(namespace string) []Access {
	var all []Access
	names := r.ResourceNames
	if len(names) == 0 {
		names = []string{""}
	}
	for _, verb := range r.Verbs {
		for _, path := range r.NonResourceURLs {
			all = append(all, Access{Verb: verb, Path: path})
		}
		for _, group := range r.APIGroups {
			for _, target := range r.Resources {
				resource, subresource, _ := strings.Cut(target, "/")
				for _, name := range names {
					all = append(all, Access{Verb: verb, Group: group, Namespace: namespace, Resource: resource, Subresource: subresource, Name: name})
				}
			}
		}
	}
	return all
}

// check tells what is wrong with a rule, nil if nothing is.
func (r RoleRule) check() error {
	lists := map[string][]string{"resources": r.Resources, "resourceNames": r.ResourceNames, "nonResourceURLs": r.NonResourceURLs, "verbs": r.Verbs}
	for _, field := range slices.Sorted(maps.Keys(lists)) {
		if slices.Contains(lists[field], "") {
			return Errorf(ValueError, "%s holds an empty text", field)
		}
	}
	switch ofResources := len(r.Resources)+len(r.APIGroups)+len(r.ResourceNames) > 0; {
	case len(r.Verbs) == 0:
		return Errorf(ValueError, "verbs is missing")
	case ofResources && len(r.NonResourceURLs) > 0:
		return Errorf(ValueError, "resources and nonResourceURLs don't go together")
	case !ofResources && len(r.NonResourceURLs) == 0:
		return Errorf(ValueError, "resources is missing")
	case ofResources && len(r.Resources) == 0:
		return Errorf(ValueError, "resources is missing")
	case ofResources && len(r.APIGroups) == 0:
		return Errorf(ValueError, `apiGroups is missing ([""] is the core group)`)
	}
	return nil
}

// ParseRoles reads the roles of a manifest, see [ParseManifest]; what else it
// holds is left out. A Role without a namespace is the role of the one given, and
// without that a ValueError, as is a rule that Kubernetes wouldn't take.
func ParseRoles(ctx context.Context, text, namespace string) ([]Role, error) {
	objects, err := ParseManifest(ctx, text)
	if err != nil {
		return nil, err
	}
	var roles []Role
	for _, o := range objects {
		kind := o.Get("kind").String()
		if o.Get("apiVersion").String() != rbacVersion || kind != "Role" && kind != "ClusterRole" {
			continue
		}
		role := Role{Name: o.At("metadata", "name").String()}
		if kind == "Role" {
			role.Namespace = o.At("metadata", "namespace").String()
			if role.Namespace == "" {
				role.Namespace = namespace
			}
			if role.Namespace == "" {
				return nil, Errorf(NamespaceError, "Role %s: which namespace? (set metadata.namespace, or give --namespace)", role.Name)
			}
		}
		if rules := o.Get("rules"); rules.Exists() && rules.Type() != Null {
			if role.Rules, err = ParseRules(string(rules.Raw())); err != nil {
				return nil, Errorf(ValueError, "%s %s: %w", kind, role.Name, err)
			}
		}
		roles = append(roles, role)
	}
	if len(roles) == 0 {
		return nil, Errorf(ValueError, "there is no Role or ClusterRole of %s", rbacVersion)
	}
	return roles, nil
}

// ParseRules reads a list of rules: JSON or YAML text. A rule that Kubernetes
// wouldn't take is a ValueError that tells which it is.
func ParseRules(text string) ([]RoleRule, error) {
	list, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		return nil, Errorf(ValueError, "the rules are neither YAML nor JSON: %s", oneLine(err))
	}
	var rules []json.RawMessage
	if json.Unmarshal(list, &rules) != nil {
		return nil, Errorf(ValueError, "want a list of rules, like [{apiGroups: [apps], resources: [deployments], verbs: [get, list]}]")
	}
	parsed := make([]RoleRule, len(rules))
	for i, raw := range rules {
		err = yaml.UnmarshalStrict(raw, &parsed[i])
		if err == nil {
			err = parsed[i].check()
		}
		if err != nil {
			return nil, Errorf(ValueError, "rule %d: %s", i+1, oneLine(err))
		}
	}
	return parsed, nil
}
