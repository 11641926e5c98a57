package kube

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The pause before a watch tries again doubles from first to last, with jitter.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 30 * time.Second
)

// backoff makes the pauses between tries longer until something succeeds.
type backoff struct{ pause time.Duration }

// reset is called on progress.
func (b *backoff) reset() { b.pause = 0 }

// next is how long to wait after err: at least as long as the server asks for.
func (b *backoff) next(err error) time.Duration {
	b.pause = min(max(b.pause*2, firstPause), lastPause)
	return max(jitter(b.pause), askedBack(err))
}

// jitter is d on average, so that those who failed together don't come back
// together.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d) }

// askedBack is when the server behind err wants to be asked again (Retry-After;
// RFC 9110, section 10.2.3), 0 where it doesn't say.
func askedBack(err error) time.Duration {
	var e *Error
	if !errors.As(err, &e) || e.Response == nil {
		return 0
	}
	pause, _ := afterSeconds(e.Response.Header)
	return pause
}

// afterSeconds reads a Retry-After header, as far as maxRetryAfter.
func afterSeconds(h http.Header) (time.Duration, bool) {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0, false
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter), true
}

// passing tells whether an error may cure itself: there was no answer, or one
// that tells of a problem of the server's.
func passing(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch {
	case e.Reason == ReasonUnreachable:
		// With a status, somebody who is no API server answered.
		return e.StatusCode == 0 && !untrusted(err)
	case e.StatusCode == http.StatusNotImplemented:
		return false
	}
	return e.StatusCode >= 500 || e.StatusCode == http.StatusTooManyRequests || e.StatusCode == http.StatusRequestTimeout
}

// untrusted tells whether a connection failed because whoever answered isn't
// who was expected.
func untrusted(err error) bool {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
	)
	return errors.As(err, &authority) || errors.As(err, &hostname) || errors.As(err, &invalid) || errors.As(err, &record) ||
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// gone tells whether an error says that a version, or a continue token, is no
// longer kept (410).
func gone(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.StatusCode == http.StatusGone
}
