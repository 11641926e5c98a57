package kube

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Rule matches requests. Each list holds patterns, in which * stands for any
// text; nil, and a list with "*", matches everything.
type Rule struct {
	// Verbs are those of RBAC rules (get, list, watch, create, update, patch,
	// delete, deletecollection), and "read" and "write" for all that change
	// nothing, or something.
	Verbs []string
	// Resources are plural names: "pods", of whatever group; "deployments.apps"
	// of one; "pods/exec" a subresource, "pods/*" all of them.
	Resources []string
	// Namespaces are those of the objects. What lives in none matches only what
	// matches everything.
	Namespaces []string
	// Names are those of the objects.
	Names []string

	source string // where it stands, or its text, for messages
}

// ruleVerbs are the verbs that rules may name.
var ruleVerbs = []string{"*", "create", "delete", "deletecollection", "get", "list", "patch", "read", "update", "watch", "write"}

// ParseRule reads a rule from VERBS:RESOURCES:NAMESPACES:NAMES, where each part
// is a list with commas, and "*" or none at the end matches everything:
// "delete:*:kube-system", "read:secrets". What can't be a rule is a ValueError.
func ParseRule(text string) (Rule, error) {
	parts := strings.SplitN(text, ":", 4)
	r := Rule{source: text}
	for i, list := range []*[]string{&r.Verbs, &r.Resources, &r.Namespaces, &r.Names} {
		if i < len(parts) {
			*list = strings.Split(parts[i], ",")
		}
	}
	if text == "" || len(parts) == 0 {
		return r, Errorf(ValueError, "a rule is VERBS:RESOURCES:NAMESPACES:NAMES, as in delete:pods,jobs.batch:web")
	}
	return r, r.check()
}

// check refuses a rule that can't match what was meant.
func (r Rule) check() error {
	for _, list := range []struct {
		name string
		of   []string
		is   func(string) error
	}{
		{"verbs", r.Verbs, checkRuleVerb},
		{"resources", r.Resources, checkRuleResource},
		{"namespaces", r.Namespaces, CheckPattern},
		{"names", r.Names, CheckPattern},
	} {
		if list.of != nil && len(list.of) == 0 {
			return Errorf(ValueError, "%s: the list is empty, so the rule would match nothing", list.name)
		}
		for _, text := range list.of {
			if err := list.is(text); err != nil {
				return Errorf(ValueError, "%s: %w", list.name, err)
			}
		}
	}
	return nil
}

func checkRuleVerb(text string) error {
	if !slices.Contains(ruleVerbs, text) {
		return unknown("verb", text, ruleVerbs)
	}
	return nil
}

// checkRuleResource refuses what is no plural name: a rule for it would match
// nothing, and nobody would know.
func checkRuleResource(text string) error {
	if err := CheckPattern(text); err != nil {
		return err
	}
	if strings.ToLower(text) != text {
		return Errorf(ValueError, "%q is no plural name, which is in lower case%s", text, pluralOf(text))
	}
	if name, _, _ := strings.Cut(text, "/"); pluralOf(name) != "" {
		return Errorf(ValueError, "%q is no plural name%s", text, pluralOf(name))
	}
	return nil
}

// pluralOf ends a message about a name that isn't plural.
func pluralOf(name string) string {
	name, group, dotted := strings.Cut(name, ".")
	if dotted {
		group = "." + group
	}
	for _, r := range builtins {
		if name == r.Singular || name == r.Kind || slices.Contains(r.ShortNames, name) {
			return fmt.Sprintf(" (say %q)", r.Name+group)
		}
	}
	for plural, others := range otherNames {
		if slices.Contains(others, strings.ToLower(name)) {
			return fmt.Sprintf(" (say %q)", plural+group)
		}
	}
	return ""
}

// otherNames are names under which people know Kubernetes' resources, beside the
// built-in ones.
var otherNames = map[string][]string{
	"certificatesigningrequests": {"csr", "certificatesigningrequest"},
	"clusterrolebindings":        {"clusterrolebinding"},
	"clusterroles":               {"clusterrole"},
	"configmaps":                 {"cm", "configmap"},
	"cronjobs":                   {"cj", "cronjob"},
	"customresourcedefinitions":  {"crd", "crds", "customresourcedefinition"},
	"endpoints":                  {"ep", "endpoint"},
	"endpointslices":             {"endpointslice"},
	"events":                     {"ev", "event"},
	"horizontalpodautoscalers":   {"hpa", "horizontalpodautoscaler"},
	"ingresses":                  {"ing", "ingress"},
	"jobs":                       {"job"},
	"leases":                     {"lease"},
	"limitranges":                {"limits", "limitrange"},
	"networkpolicies":            {"netpol", "networkpolicy"},
	"persistentvolumeclaims":     {"pvc", "persistentvolumeclaim"},
	"persistentvolumes":          {"pv", "persistentvolume"},
	"poddisruptionbudgets":       {"pdb", "poddisruptionbudget"},
	"priorityclasses":            {"pc", "priorityclass"},
	"resourcequotas":             {"quota", "resourcequota"},
	"rolebindings":               {"rolebinding"},
	"roles":                      {"role"},
	"serviceaccounts":            {"sa", "serviceaccount"},
	"statefulsets":               {"sts", "statefulset"},
	"storageclasses":             {"sc", "storageclass"},
}

// CheckPattern refuses what can't be a pattern of names. That is a ValueError.
func CheckPattern(text string) error {
	if _, err := path.Match(text, ""); err != nil || text == "" || strings.TrimSpace(text) != text {
		return Errorf(ValueError, "%q can't be a pattern (* stands for any text)", text)
	}
	return nil
}

// denies tells whether a rule against something is against a deed. In doubt it
// is: a resource covers its subresources, "delete" covers deletecollection, and
// what is about all namespaces or any name is also about the rule's.
func (r Rule) denies(d deed) bool {
	return r.matches(d, true) && (matchesAll(r.Namespaces) || d.wide || d.Namespace != "" && matchAny(r.Namespaces, d.Namespace)) &&
		(matchesAll(r.Names) || d.any || matchAny(r.Names, d.Name))
}

// ofAllNamespaces says why something is against a rule about some.
const ofAllNamespaces = ": this is about all namespaces"

// extent says why the rule is against a deed that seems to be about something
// else; "" where it doesn't seem so.
func (r Rule) extent(d deed) string {
	switch {
	case !matchesAll(r.Namespaces) && d.wide:
		return ofAllNamespaces
	case !matchesAll(r.Names) && d.any:
		return ": this may be about any name"
	}
	return ""
}

// allows tells whether a rule for something is for a deed. In doubt it isn't.
func (r Rule) allows(d deed) bool {
	return r.matches(d, false) && (matchesAll(r.Namespaces) || d.Namespace != "" && matchAny(r.Namespaces, d.Namespace)) &&
		(matchesAll(r.Names) || !d.any && matchAny(r.Names, d.Name))
}

// matches tells whether verb and resource match.
func (r Rule) matches(d deed, doubtful bool) bool {
	verb := matchesAll(r.Verbs) || slices.ContainsFunc(r.Verbs, func(v string) bool {
		return v == d.Verb || v == "read" && d.reads || v == "write" && !d.reads ||
			v == "delete" && d.Verb == "deletecollection" && doubtful
	})
	return verb && (matchesAll(r.Resources) || slices.ContainsFunc(r.Resources, func(pattern string) bool {
		return matchResource(pattern, d.Access, doubtful)
	}))
}

func matchResource(pattern string, a Access, doubtful bool) bool {
	pattern, subresource, hasSubresource := strings.Cut(pattern, "/")
	name, group, hasGroup := strings.Cut(pattern, ".")
	switch {
	case a.Resource == "", !match(name, a.Resource), hasGroup && !match(group, a.Group):
		return false
	case hasSubresource:
		return a.Subresource != "" && match(subresource, a.Subresource)
	}
	return a.Subresource == "" || doubtful
}

// matchesAll tells whether a list of a rule matches everything.
func matchesAll(patterns []string) bool { return patterns == nil || slices.Contains(patterns, "*") }

func matchAny(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, text) })
}

func match(pattern, text string) bool {
	ok, _ := path.Match(pattern, text)
	return ok
}
