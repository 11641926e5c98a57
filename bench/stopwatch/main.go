// Command stopwatch runs a command, or several joined by "|", and prints as JSON
// how long that took and how much memory and processor time it used. As soon as
// there is a line of output it prints what it knows until then, which is when
// that was.
//
//	stopwatch kubectl get pods -o json '|' jq length
//
// It is a program of its own, and small, because on Linux the peak memory of a
// process counts from before its exec: it is never below that of the process
// which started it.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// result is what is printed. Times are in nanoseconds.
type result struct {
	Wall   time.Duration `json:"wall"`   // from the start to the end of the process
	First  time.Duration `json:"first"`  // from the start to the first line of output
	Last   time.Duration `json:"last"`   // from the start to the last line of output
	CPU    time.Duration `json:"cpu"`    // user and system
	Memory int64         `json:"memory"` // peak resident set in bytes, summed over the pipeline
	Output string        `json:"output"` // the last line
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	out := json.NewEncoder(os.Stdout)
	r, err := measure(ctx, os.Args[1:], func(r *result) { _ = out.Encode(r) })
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := out.Encode(r); err != nil {
		os.Exit(1)
	}
}

// measure runs the pipeline. It calls began at the first line of output.
func measure(ctx context.Context, args []string, began func(*result)) (*result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // what still runs when one of the pipeline failed to start
	r := &result{}
	start := time.Now()
	var commands []*exec.Cmd
	var from *os.File
	for len(args) > 0 {
		end := slices.Index(args, "|")
		if end < 0 {
			end = len(args)
		}
		c := exec.CommandContext(ctx, args[0], args[1:end]...)
		args = args[min(end+1, len(args)):]
		read, write, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		if from != nil {
			c.Stdin = from
		}
		c.Stdout, c.Stderr = write, os.Stderr
		err = c.Start()
		write.Close()
		if from != nil {
			from.Close()
		}
		if err != nil {
			return nil, err
		}
		commands, from = append(commands, c), read
	}
	if from == nil {
		return nil, fmt.Errorf("no command")
	}
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		if r.Last = time.Since(start); r.First == 0 {
			r.First = r.Last
			began(r)
		}
		r.Output = string(bytes.TrimSpace(line))
	}
	for _, c := range commands {
		if err := c.Wait(); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Args[0], err)
		}
		usage := c.ProcessState.SysUsage().(*syscall.Rusage)
		r.Memory += maxRSS(usage)
		r.CPU += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	r.Wall = time.Since(start)
	return r, nil
}

// maxRSS is the peak memory in bytes. Its unit differs (getrusage(2)).
func maxRSS(usage *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" {
		return usage.Maxrss
	}
	return usage.Maxrss * 1024
}
