package kube

import (
	"context"
	"io"
)

// Count is how many objects the view has. A server tells of a whole collection how many
// there are behind its first object (remainingItemCount, see API concepts), so that this
// is one small request. Where it doesn't, which is so with selectors, the metadata of
// the objects is read, page by page. A cached view counts what it holds.
func (v *View) Count(ctx context.Context) (int, error) {
	if v.cache != nil {
		return v.Len()
	}
	if n, ok := v.told(ctx); ok {
		return n, nil
	}
	it := v.iterate(ctx, metadataType)
	defer it.Close()
	for n := 0; ; n++ {
		switch _, err := it.bytes(ctx); err {
		case nil:
		case io.EOF:
			return n, nil
		default:
			return 0, err
		}
	}
}

// told is how many objects the server says that there are, if it does. Where asking
// fails, reading them tells why.
func (v *View) told(ctx context.Context) (int, bool) {
	if v.selectors != (Selectors{}) {
		return 0, false
	}
	first, err := v.cluster.client.object(ctx, v.list(metadataType).request(1, ""))
	if err != nil {
		return 0, false
	}
	n, more := first.Get("items").Len(), first.At("metadata", "continue").String() != ""
	rest, told := first.At("metadata", "remainingItemCount").Int()
	return n + int(rest), first.Get("items").Type() == Array && (told || !more)
}
