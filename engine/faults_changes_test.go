package engine_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// change makes changes in parallel; in their midst it calls begin, beside which
// they go on.
func (s *scene) change(begin func()) {
	var made atomic.Int64
	at := int64(s.random.IntN(changesAStep))
	var wg sync.WaitGroup
	deadline := time.Now().Add(patience)
	for range workers {
		random := rand.New(rand.NewPCG(s.random.Uint64(), 0))
		wg.Go(func() {
			for made.Load() < changesAStep && time.Now().Before(deadline) {
				n := s.one(random)
				if n == 0 {
					<-time.After(5 * time.Millisecond) // the server may be away
				}
				for range n {
					if made.Add(1) == at+1 {
						begin()
					}
				}
			}
		})
	}
	wg.Wait()
	s.changes.Add(made.Load())
	require.GreaterOrEqual(s.t, made.Load(), int64(changesAStep), "%s: changes within %v", s.step, patience)
}

// one makes a random change to a random object and returns how many it was: 2
// for an object that was deleted and created again, 0 where it couldn't be made.
func (s *scene) one(random *rand.Rand) (made int) {
	ctx := s.t.Context()
	name := fmt.Sprintf("o-%02d", random.IntN(names))
	value, watched := strconv.Itoa(random.IntN(1_000_000)), "yes"
	if random.IntN(3) == 0 {
		watched = "no"
	}
	create := func() error {
		o := &unstructured.Unstructured{Object: maps.Clone(s.object)}
		o.SetName(name)
		o.SetLabels(map[string]string{"watched": watched, "value": value})
		_, err := s.server.Create(ctx, o, metav1.CreateOptions{})
		return err
	}
	label := func(key, value string) error {
		patch := fmt.Sprintf(`{"metadata": {"labels": {%q: %q}}}`, key, value)
		_, err := s.server.Patch(ctx, name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
		return err
	}
	remove := func() error {
		return s.server.Delete(ctx, name, metav1.DeleteOptions{GracePeriodSeconds: new(int64)})
	}
	for _, do := range map[int][]func() error{
		0: {create}, 1: {create}, 2: {create},
		3: {func() error { return label("value", value) }},
		4: {func() error { return label("value", value) }},
		5: {func() error { return label("value", value) }},
		6: {func() error { return label("watched", watched) }},
		7: {func() error { return label("watched", watched) }},
		8: {remove},
		9: {remove, create},
	}[random.IntN(10)] {
		err := do()
		if apierrors.IsNotFound(err) {
			err = create()
		}
		if err != nil {
			break
		}
		made++
	}
	return made
}
