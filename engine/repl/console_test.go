package repl

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine/repl/edit"
)

// What is typed is for the prompt while it reads, and for a pager or :watch while
// that has the terminal: neither questions nor scripts get it then.
func TestWhoGetsWhatIsTyped(t *testing.T) {
	t.Parallel()
	c := &console{asks: true, direct: io.Discard, keys: edit.NewKeys(strings.NewReader("y\nline\n"))}
	defer c.keys.Close()
	ctx := t.Context()
	ask := c.asker()
	tryBoth := func(why string) {
		_, err := ask(ctx, "change it?")
		assert.EqualError(t, err, "change it? (this can't be asked now: "+why+")")
		_, err = scriptInput{c}.Read(make([]byte, 1))
		assert.EqualError(t, err, why)
	}
	tryBoth("the prompt reads what is typed")
	require.NoError(t, c.call(ctx, func(ctx context.Context) error {
		_ = c.alone(ctx, func(context.Context) error {
			tryBoth("something else has the terminal")
			return nil
		})
		yes, err := ask(ctx, "change it?")
		assert.True(t, yes)
		assert.NoError(t, err)
		line, err := io.ReadAll(io.LimitReader(scriptInput{c}, 5))
		assert.Equal(t, "line\n", string(line))
		return err
	}))
}
