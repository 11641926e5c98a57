package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// The names by which kubectl runs the plugin lua, and asks it for completions.
// https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/
const (
	pluginName    = "kubectl-lua"
	completerName = "kubectl_complete-lua"
)

// calledAs is the name that the program was called by.
func calledAs() string { return strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") }

// ourName is the program where a text says what to enter.
var ourName = regexp.MustCompile(`(^|[ (\n])kubelua( |\n|$)`)

// asCalled is a text that says what to enter as the program was called now.
func asCalled(text string) string {
	if calledAs() != pluginName {
		return text
	}
	return ourName.ReplaceAllString(text, "${1}kubectl lua${2}")
}
