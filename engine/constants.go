package engine

// maxConstantCost bounds what the constants of a chunk cost: about as much as a
// table of 16,000 different strings.
const maxConstantCost = 1 << 27

// constants are the texts of the constants that a function uses.
type constants struct{ seen map[string]struct{} }

func newConstants() *constants { return &constants{make(map[string]struct{})} }

// constant takes a constant into account. The compiler looks for it among all those
// that the function has so far, which makes a long list of different ones take
// minutes.
func (r *rewriter) constant(text string, line int) {
	r.in.seen[text] = struct{}{}
	if r.costs += len(r.in.seen); r.costs > maxConstantCost && r.err == nil {
		r.err = &SyntaxError{Line: line, Message: "too many different strings, numbers and names in one function"}
	}
}
