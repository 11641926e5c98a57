//go:build !linux && !darwin

package local

import "context"

// Up returns ErrUnsupported.
func Up(context.Context, Options) (Status, error) { return Status{}, ErrUnsupported }

// Down returns ErrUnsupported.
func Down(context.Context, Options) error { return ErrUnsupported }

// Find returns ErrUnsupported.
func Find(context.Context, Options) (Status, error) { return Status{}, ErrUnsupported }

// RestartServer returns ErrUnsupported.
func RestartServer(context.Context, Options) error { return ErrUnsupported }

// Compact returns ErrUnsupported.
func Compact(context.Context, Options) error { return ErrUnsupported }
