package kube

import (
	"strings"

	"k8s.io/client-go/rest"
)

// CheckHeader is a ValueError for a text that no header of a request can carry
// (RFC 9110, section 5.5). It doesn't tell the text, which may be a secret.
func CheckHeader(text string) error {
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return Errorf(ValueError, "it has a line break or another control character")
	}
	return nil
}

// checkLogin checks what becomes headers of each request.
func checkLogin(config *rest.Config) error {
	as := config.Impersonate
	for _, header := range []struct{ name, text string }{
		{"token", config.BearerToken},
		{"user to act as", as.UserName},
		{"uid to act as", as.UID},
		{"group to act as", strings.Join(as.Groups, " ")},
	} {
		if err := CheckHeader(header.text); err != nil {
			return Errorf(ValueError, "the %s can't be sent: %w", header.name, err)
		}
	}
	return nil
}
