package kube

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"unicode/utf8"
)

// The limits of a refusal: how much of its body is read, how much of that is
// kept, and how long its message gets.
const (
	maxErrorBody    = 8 << 20
	maxErrorText    = 64 << 10
	maxErrorMessage = 2000
)

// refused makes an Error of an answer that isn't 2xx.
func (c *client) refused(r request, req *http.Request, resp *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	access := AccessOf(req)
	if access.Group == "" && access.Resource == "secrets" {
		text = withoutEchoes(text)
	}
	e := &Error{
		Kind:       APIError,
		StatusCode: resp.StatusCode,
		Reason:     strings.ReplaceAll(http.StatusText(resp.StatusCode), " ", ""),
		Response:   &Response{resp.StatusCode, resp.Header, string(text[:min(len(text), maxErrorText)])},
	}
	// Every refusal by Kubernetes itself is a Status object (API conventions,
	// "Response Status Kind"); a proxy before it may answer anything.
	said := strings.TrimSpace(string(text))
	if status, err := NewValue(text); err == nil && status.Get("kind").String() == "Status" {
		said = shortened(status.Get("message").String(), maxErrorMessage)
		if e.Conflicts = fieldConflicts(status); e.Conflicts != nil {
			said = describeConflicts(e.Conflicts)
		}
		if reason := status.Get("reason"); reason.Exists() {
			e.Reason = reason.String()
		}
	}
	if said == "" || len(said) > 2*maxErrorMessage {
		said = resp.Status
	}
	if (resp.StatusCode < 500 || strings.Contains(said, "typed patch object")) && wantsList.MatchString(said) {
		said += " (kube.array{} is an empty list)"
	}
	switch resp.StatusCode {
	case http.StatusBadRequest:
		// Go's server says this to plain text on a port for TLS.
		if strings.HasPrefix(said, "Client sent an HTTP request to an HTTPS server") {
			e.Reason = ReasonUnreachable
			said = c.base.Redacted() + " speaks TLS (use https:// for it)"
		}
	case http.StatusNotFound:
		e.Kind = LookupError
		if e.Reason == "NotFound" && isAbout(e.Response, access) {
			said = "not found"
		}
	case http.StatusUnauthorized:
		said = fmt.Sprintf("%s refuses the login (401 Unauthorized): %s", c.base.Host, c.login)
	case http.StatusForbidden:
		if len(e.Response.causes("NamespaceTerminating")) > 0 {
			break // whoever asks
		}
		if denied, ok := deniedAccess(said); ok {
			access = denied
		}
		access.Name = "" // which objects, is up to who grants it
		said += "\nmissing rule: " + access.Rule()
	}
	e.Message = r.what + ": " + said
	return e
}

// wantsList finds the ways in which servers say that an object stands in the
// place of a list: in Lua an empty table may be either.
var wantsList = regexp.MustCompile(`cannot unmarshal object into Go (struct field \S+|value) of type \[\]|expected list, got &?(\{?map|value\.valueUnstructured\{Value:map)|must be of type array: "object"`)

// echo is what servers quote in a refusal of what was sent.
var echo = regexp.MustCompile(`(?s)Invalid value: "(?:[^"\\]|\\.)*"|Invalid value: (?:map\[|\{).*|got &?(?:value\.valueUnstructured)?\{.*|error found in #.*`)

// withoutEchoes is the answer about a Secret without what it quotes of it. An
// answer that isn't JSON is left out where it may quote it.
func withoutEchoes(text []byte) []byte {
	v, err := NewValue(text)
	if err != nil {
		if echo.Match(text) || len(text) >= maxErrorBody {
			return nil
		}
		return text
	}
	return withoutEcho(v).Raw()
}

func withoutEcho(v Value) Value {
	switch v.Type() {
	case String:
		said := v.String()
		short := echo.ReplaceAllStringFunc(said, func(found string) string {
			before, value, _ := strings.Cut(found, ": ")
			switch {
			case !strings.HasPrefix(found, "Invalid value: "):
				before, _, _ = strings.Cut(found, " ")
				return before + " a value"
			case !strings.HasPrefix(value, `"`), strings.HasPrefix(value, `"{`), strings.HasPrefix(value, `"map[`), len(value) > 100:
				return before + `: "..."`
			}
			return found
		})
		if short != said {
			return textValue(short)
		}
	case Array:
		var list []Value
		for e := range v.Elements() {
			list = append(list, withoutEcho(e))
		}
		if list != nil {
			return arrayOf(list)
		}
	case Object:
		var fields []field
		for key, value := range v.Fields() {
			fields = append(fields, field{key, withoutEcho(value)})
		}
		return objectOf(fields)
	}
	return v
}

// shortened is a text without its middle where it is longer than limit bytes.
func shortened(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	from, to := limit/2, len(text)-limit/2
	for !utf8.RuneStart(text[from]) {
		from--
	}
	for !utf8.RuneStart(text[to]) {
		to++
	}
	return text[:from] + " [...] " + text[to:]
}

// isAbout tells whether a Status is about the object that was asked for, which
// the message names already; it may be about its namespace.
func isAbout(r *Response, a Access) bool {
	name := trusted([]byte(r.Text)).At("details", "name").String()
	return name != "" && name == a.Name
}

// notServed tells whether a call failed because the server doesn't serve the
// resource in that version, rather than because an object isn't there: then the
// answer says which.
func notServed(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == LookupError && e.Response != nil &&
		trusted([]byte(e.Response.Text)).At("details", "name").String() == ""
}

// unreachable makes an Error of a call that got no answer, or only a part.
func (c *client) unreachable(r request, err error) error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	var plain *url.Error
	if errors.As(err, &plain) {
		err = plain.Err
	}
	why := explain(err)
	if c.source == noConfiguration {
		why += "; name a cluster by --kubeconfig or --server, run kubectl proxy, or use --local"
	}
	return &Error{
		Kind:    APIError,
		Reason:  ReasonUnreachable,
		Message: fmt.Sprintf("%s: %s (%s): %s", r.what, c.base.Redacted(), c.source, why),
		cause:   err,
	}
}

// explain says in one line why a connection failed, and the way out.
func explain(err error) string {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		dns       *net.DNSError
		netErr    net.Error
	)
	switch {
	case errors.As(err, &authority):
		return "TLS: the server's certificate is signed by an authority that isn't trusted (set certificate-authority in the kubeconfig, or --certificate-authority)"
	case errors.As(err, &hostname):
		return "TLS: " + hostname.Error() + " (--tls-server-name names what to expect)"
	case errors.As(err, &invalid):
		return "TLS: " + invalid.Error()
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "TLS: the server doesn't speak TLS on this port (use http:// for it)"
	case errors.As(err, &dns):
		return "no such host: " + dns.Name
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused: nothing listens there"
	case errors.Is(err, fs.ErrNotExist):
		return err.Error()
	case errors.Is(err, errNoAnswer):
		return err.Error()
	case errors.As(err, &netErr) && netErr.Timeout():
		return "no connection in time: " + err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return "the connection broke before the answer was complete"
	}
	return err.Error()
}
