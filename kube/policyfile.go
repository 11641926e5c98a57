package kube

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ParsePolicy reads a policy from YAML. name is what messages call the file:
//
//	readOnly: true
//	allow:
//	- {verbs: [get, list], resources: [pods, deployments.apps], namespaces: [web], names: ["a*"]}
//	deny:
//	- {verbs: [delete], namespaces: ["kube-*"]}
//	protectedNamespaces: [kube-system]
//	maxDeletes: 10
//	maxWrites: 100
//	production: refuse
//
// What isn't meant so is a ValueError with a line for each mistake, which begins
// with file and line.
func ParsePolicy(name, text string) (*Policy, error) {
	var document, another yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(text))
	switch err := decoder.Decode(&document); {
	case err == io.EOF:
		return nil, Errorf(ValueError, "%s:1: the policy is empty", name)
	case err != nil:
		return nil, badYAML(name, err)
	}
	switch err := decoder.Decode(&another); {
	case err == nil:
		return nil, Errorf(ValueError, "%s:%d: a policy is one document", name, another.Line)
	case err != io.EOF:
		return nil, badYAML(name, err)
	}
	f := policyFile{Policy: Policy{file: name, lines: map[string]int{}}}
	return f.read(document.Content[0])
}

// PolicyOf is the policy that a value holds, with the keys of [ParsePolicy]. name is
// what messages call it. What isn't meant so is a ValueError with a line for each
// mistake.
func PolicyOf(name string, v Value) (*Policy, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(v.Raw(), &document); err != nil {
		return nil, Errorf(ValueError, "%s: %s", name, oneLine(err))
	}
	f := policyFile{Policy: Policy{file: name, lines: map[string]int{}}, oneLine: true}
	p, err := f.read(document.Content[0])
	if err == nil {
		p.lines = nil
	}
	return p, err
}

// PolicyKeys are the keys of [ParsePolicy].
func PolicyKeys() []string { return keys(new(policyFile).members()) }

// read reads the policy.
func (f *policyFile) read(n *yaml.Node) (*Policy, error) {
	f.mapping(n, "the policy", f.members())
	if f.mistakes != nil {
		return nil, &Error{Kind: ValueError, Message: errors.Join(f.mistakes...).Error()}
	}
	return &f.Policy, nil
}

// members are the keys of a policy, and what reads them.
func (f *policyFile) members() map[string]func(*yaml.Node) {
	return map[string]func(*yaml.Node){
		"allow":               func(n *yaml.Node) { f.Allow = f.rules(n, "allow") },
		"deny":                func(n *yaml.Node) { f.Deny = f.rules(n, "deny") },
		"maxDeletes":          func(n *yaml.Node) { f.MaxDeletes = f.count(n, "maxDeletes") },
		"maxWrites":           func(n *yaml.Node) { f.MaxWrites = f.count(n, "maxWrites") },
		"production":          func(n *yaml.Node) { f.Production = f.production(n) },
		"protectedNamespaces": func(n *yaml.Node) { f.Protected = f.patterns(n, "protectedNamespaces", CheckPattern) },
		"readOnly":            func(n *yaml.Node) { f.ReadOnly = f.flag(n, "readOnly") },
	}
}

// yamlMistake is how the parser says where something is wrong.
var yamlMistake = regexp.MustCompile(`^yaml: line (\d+): `)

func badYAML(name string, err error) error {
	line, said := "1", oneLine(err)
	if m := yamlMistake.FindStringSubmatch(said); m != nil {
		line, said = m[1], said[len(m[0]):]
	}
	said = strings.TrimPrefix(said, "yaml: ")
	return Errorf(ValueError, "%s:%s: %s", name, line, said)
}

// policyFile is a policy that is being read.
type policyFile struct {
	Policy
	oneLine  bool // it isn't a file: lines mean nothing
	mistakes []error
}

// at is where a node stands.
func (f *policyFile) at(n *yaml.Node) string {
	if f.oneLine {
		return f.file
	}
	return fmt.Sprintf("%s:%d", f.file, n.Line)
}

func (f *policyFile) mistake(n *yaml.Node, format string, args ...any) {
	f.mistakes = append(f.mistakes, fmt.Errorf("%s: %w", f.at(n), fmt.Errorf(format, args...)))
}

// mapping reads the members of a mapping.
func (f *policyFile) mapping(n *yaml.Node, what string, members map[string]func(*yaml.Node)) {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		f.mistake(n, "%s must be a mapping with some of the keys %s", what, quotedList(slices.Sorted(maps.Keys(members)), ", "))
		return
	}
	seen := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read := members[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode || read == nil:
			f.mistake(key, "%w", unknown("key", key.Value, keys(members)))
		case seen[key.Value]:
			f.mistake(key, "the key %q comes twice", key.Value)
		default:
			seen[key.Value] = true
			f.lines[key.Value] = key.Line
			read(value)
		}
	}
}

// list reads the elements of a sequence.
func (f *policyFile) list(n *yaml.Node, key string, element func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		f.mistake(n, "%s must be a list", key)
		return
	}
	if len(n.Content) == 0 {
		f.mistake(n, "%s: the list is empty (leave the key out)", key)
	}
	for _, e := range n.Content {
		element(e)
	}
}

func (f *policyFile) rules(n *yaml.Node, key string) []Rule {
	lines := f.lines
	defer func() { f.lines = lines }()
	var rules []Rule
	f.list(n, key, func(n *yaml.Node) {
		f.lines = map[string]int{} // those of the rule are nobody's
		r := Rule{source: fmt.Sprintf("%s rule %d of %s", key, len(rules)+1, f.at(n))}
		f.mapping(n, "a rule", map[string]func(*yaml.Node){
			"verbs":      func(n *yaml.Node) { r.Verbs = f.patterns(n, "verbs", checkRuleVerb) },
			"resources":  func(n *yaml.Node) { r.Resources = f.patterns(n, "resources", checkRuleResource) },
			"namespaces": func(n *yaml.Node) { r.Namespaces = f.patterns(n, "namespaces", CheckPattern) },
			"names":      func(n *yaml.Node) { r.Names = f.patterns(n, "names", CheckPattern) },
		})
		rules = append(rules, r)
	})
	return rules
}

func (f *policyFile) patterns(n *yaml.Node, key string, check func(string) error) []string {
	var list []string
	f.list(n, key, func(n *yaml.Node) {
		text, ok := f.text(n, key)
		if !ok {
			return
		}
		if err := check(text); err != nil {
			f.mistake(n, "%s: %w", key, err)
		}
		list = append(list, text)
	})
	return list
}

func (f *policyFile) text(n *yaml.Node, key string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		f.mistake(n, "%s: want a text, not %s", key, nodeText(n))
		return "", false
	}
	return n.Value, true
}

func (f *policyFile) flag(n *yaml.Node, key string) bool {
	var value bool
	if n.ShortTag() != "!!bool" || n.Decode(&value) != nil {
		f.mistake(n, "%s: want true or false, not %s", key, nodeText(n))
	}
	return value
}

func (f *policyFile) count(n *yaml.Node, key string) *int {
	var value int
	if n.ShortTag() != "!!int" || n.Decode(&value) != nil || value < 0 {
		f.mistake(n, "%s: want a whole number that is not negative, not %s", key, nodeText(n))
	}
	return &value
}

func (f *policyFile) production(n *yaml.Node) Production {
	text, ok := f.text(n, "production")
	if !ok {
		return ""
	}
	p, err := ParseProduction(text)
	if err != nil {
		f.mistake(n, "production: %w", err)
	}
	return p
}

// nodeText says what stands somewhere, for messages.
func nodeText(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	if n.ShortTag() == "!!str" {
		return strconv.Quote(n.Value)
	}
	if n.Value == "" {
		return "nothing"
	}
	return n.Value
}
