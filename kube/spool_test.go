package kube

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
)

func TestSpool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpool(3 * pieceSize(Output{Data: []byte("0")}))
		put := 0
		go func() {
			for ; put < 10; put++ {
				assert.NoError(t, s.put(t.Context(), Output{"stdout", []byte(strconv.Itoa(put))}))
			}
			s.end()
		}()
		synctest.Wait()
		assert.Equal(t, 3, put) // nobody takes
		got := ""
		assert.NoError(t, s.drain(t.Context(), func(o Output) error {
			got += string(o.Data)
			synctest.Wait()
			return nil
		}))
		assert.Equal(t, "0123456789", got)
	})
}

func TestSpoolEnds(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("why")
	cancel(why)
	s := newSpool(1)
	assert.NoError(t, s.put(ctx, Output{}))
	assert.Equal(t, why, s.put(ctx, Output{}))
	assert.Equal(t, why, s.drain(t.Context(), func(Output) error { return why }))
	assert.Equal(t, why, s.drain(ctx, nil))
}
