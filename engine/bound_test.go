package engine

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is under a bound has ended before anything is told that the bound has.
func TestBoundsEndTogether(t *testing.T) {
	t.Parallel()
	b := newBound(t.Context())
	under := []*bound{newBound(b)}
	told := 0
	watch := func(of *bound) {
		context.AfterFunc(of, func() {}) // as contexts of the standard library do
		of.AfterFunc(func() {
			told++
			for _, u := range under {
				assert.Error(t, u.Err())
				select {
				case <-u.Done():
				default:
					t.Error("not done yet")
				}
			}
		})
	}
	watch(b)
	for range 20 {
		child := newBound(b)
		under = append(under, child, newBound(child))
		watch(child)
	}
	stop := under[0].AfterFunc(func() { t.Error("called in spite of stop") })
	assert.True(t, stop())

	cause := errors.New("over")
	b.cancel(cause)
	b.cancel(errors.New("over again"))
	assert.Equal(t, 21, told)
	for _, u := range under {
		assert.Equal(t, cause, u.Err())
		assert.Equal(t, cause, context.Cause(u))
		u.release()
	}
}
