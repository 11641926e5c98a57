package kube

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
)

// Selectors narrow what a view shows to the objects that match. The zero
// Selectors match everything.
type Selectors struct {
	Labels string // as `kubectl -l` takes it
	Fields string // as `kubectl --field-selector` takes it
}

// and joins two selections: what matches both.
func (s Selectors) and(other Selectors) Selectors {
	return Selectors{join(s.Labels, other.Labels), join(s.Fields, other.Fields)}
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "," + b
}

// maxSelector bounds the text of a selector. It becomes a part of an address, for
// which API servers take 1 MiB.
const maxSelector = 256 << 10

// check parses both selectors. One that can't be parsed is a ValueError, and so
// is one without terms, or one that is too long.
func (s Selectors) check() error {
	if len(s.Labels) > maxSelector || len(s.Fields) > maxSelector {
		return Errorf(ValueError, "a selector is longer than %d KiB", maxSelector>>10)
	}
	if s.Labels != "" {
		selector, err := labels.Parse(s.Labels)
		if err != nil {
			return Errorf(ValueError, "label selector %q: %s", s.Labels, oneLine(err))
		}
		if selector.Empty() {
			return errEmptySelector()
		}
	}
	if s.Fields != "" {
		selector, err := fields.ParseSelector(s.Fields)
		if err != nil {
			return Errorf(ValueError, "field selector %q: %s", s.Fields, oneLine(err))
		}
		if selector.Empty() {
			return errEmptySelector()
		}
	}
	return nil
}

// LabelsEqual forms the label selector that matches objects which carry all
// the given labels. A key or value that no label can have is a ValueError, and
// so is an empty map.
func LabelsEqual(want map[string]string) (string, error) {
	var terms []string
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if err := checkLabel(key, want[key]); err != nil {
			return "", err
		}
		terms = append(terms, key+"="+want[key])
	}
	if len(terms) == 0 {
		return "", errEmptySelector()
	}
	return strings.Join(terms, ","), nil
}

// FieldsEqual forms the field selector that matches objects whose fields have
// the given values. An empty map is a ValueError.
func FieldsEqual(want map[string]string) (string, error) {
	var terms []string
	for _, path := range slices.Sorted(maps.Keys(want)) {
		terms = append(terms, path+"="+fields.EscapeValue(want[path]))
	}
	if len(terms) == 0 {
		return "", errEmptySelector()
	}
	return strings.Join(terms, ","), nil
}

// errEmptySelector refuses a selector without terms: the server would take it
// for everything, which is almost never what was meant.
func errEmptySelector() error {
	return Errorf(ValueError, "an empty selector would match everything (leave the filter out, or give it a term)")
}

// checkLabel applies Kubernetes' rules for label keys and values.
func checkLabel(key, value string) error {
	if problems := content.IsLabelKey(key); len(problems) > 0 {
		return Errorf(ValueError, "label key %q: %s", key, problems[0])
	}
	if problems := content.IsLabelValue(value); len(problems) > 0 {
		return Errorf(ValueError, "value %q of label %s: %s", value, key, problems[0])
	}
	return nil
}

// checkAnnotation applies Kubernetes' rules for annotation keys, which are those
// for label keys in whatever case.
func checkAnnotation(key string) error {
	if problems := content.IsLabelKey(strings.ToLower(key)); len(problems) > 0 {
		return Errorf(ValueError, "annotation key %q: %s", key, problems[0])
	}
	return nil
}
