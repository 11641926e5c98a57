package stdlib

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v2"
)

// templateHelpers are functions of templates, under the names that Helm's charts
// know them by. None makes a long text of a short one more than once: what a
// template could double time and again is bounded, see fits.
func templateHelpers() template.FuncMap {
	return template.FuncMap{
		"b64dec": func(text string) (string, error) {
			decoded, err := base64.StdEncoding.DecodeString(text)
			return string(decoded), err
		},
		"b64enc":    func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) },
		"contains":  func(part, text string) bool { return strings.Contains(text, part) },
		"default":   orDefault,
		"hasPrefix": func(prefix, text string) bool { return strings.HasPrefix(text, prefix) },
		"hasSuffix": func(suffix, text string) bool { return strings.HasSuffix(text, suffix) },
		"indent":    indentText,
		"join":      joinValues,
		"lower":     strings.ToLower,
		"nindent": func(n int, text string) (string, error) {
			indented, err := indentText(n, text)
			return "\n" + indented, err
		},
		"print": func(args ...any) (string, error) { return printed(fmt.Sprint, args) },
		"printf": func(format string, args ...any) (string, error) {
			if err := fits(append(args, format)...); err != nil {
				return "", err
			}
			return fmt.Sprintf(format, args...), nil
		},
		"println": func(args ...any) (string, error) { return printed(fmt.Sprintln, args) },
		"quote":   func(v any) string { return fmt.Sprintf("%q", fmt.Sprint(v)) },
		"replace": func(old, by, text string) (string, error) {
			if n := strings.Count(text, old) * len(by); n > maxHelped {
				return "", errTooLong
			}
			return strings.ReplaceAll(text, old, by), nil
		},
		"split": func(separator, text string) []string { return strings.Split(text, separator) },
		"toJson": func(v any) (string, error) {
			text, err := json.Marshal(v)
			return string(text), err
		},
		"toYaml": func(v any) (string, error) {
			text, err := yaml.Marshal(v)
			return strings.TrimSuffix(string(text), "\n"), err
		},
		"trim":  strings.TrimSpace,
		"upper": strings.ToUpper,
	}
}

// maxHelped is how long the text may be that a function makes.
const maxHelped = 16 << 20

// fits is an error where texts are too long together.
func fits(values ...any) error {
	n := 0
	for _, v := range values {
		text, _ := v.(string)
		n += len(text)
	}
	if n > maxHelped {
		return errTooLong
	}
	return nil
}

// printed is what a function of fmt prints, unless it is too long.
func printed(by func(...any) string, args []any) (string, error) {
	if err := fits(args...); err != nil {
		return "", err
	}
	return by(args...), nil
}

// orDefault is a value, or another one where it is empty as templates have it.
func orDefault(missing, v any) any {
	if truth, ok := template.IsTrue(v); ok && truth {
		return v
	}
	return missing
}

// joinValues joins the elements of a list.
func joinValues(separator string, list []any) (string, error) {
	if len(separator)*len(list) > maxHelped {
		return "", errTooLong
	}
	if err := fits(list...); err != nil {
		return "", err
	}
	var parts []string
	for _, v := range list {
		parts = append(parts, fmt.Sprint(v))
	}
	return strings.Join(parts, separator), nil
}

// indentText puts blanks before each line.
func indentText(n int, text string) (string, error) {
	const most = 100
	if n < 0 || n > most {
		return "", fmt.Errorf("an indent must be from 0 to %d, not %d", most, n)
	}
	if len(text)+n*strings.Count(text, "\n") > maxHelped {
		return "", errTooLong
	}
	pad := strings.Repeat(" ", n)
	return pad + strings.ReplaceAll(text, "\n", "\n"+pad), nil
}
