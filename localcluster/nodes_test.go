package main

import (
	"net/netip"
	"testing"
)

func TestPodCIDR(t *testing.T) {
	if got, want := podCIDR(0), "10.128.0.0/20"; got != want {
		t.Errorf("first: got %s, want %s", got, want)
	}
	service := netip.MustParsePrefix(serviceCIDR)
	seen := map[netip.Prefix]bool{}
	for i := range maxNodes {
		p, err := netip.ParsePrefix(podCIDR(i))
		if err != nil || p != p.Masked() {
			t.Fatalf("node %d: %s: %v", i, podCIDR(i), err)
		}
		if seen[p] || p.Overlaps(service) {
			t.Fatalf("node %d: %s is taken", i, p)
		}
		seen[p] = true
	}
}
