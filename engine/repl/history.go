package repl

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
)

// How much of the history is kept: its file is cut to the first number of texts
// once it has the second.
const (
	historyKept = 5000
	historyMost = 10000
	// historyText is how long a text may be that is kept.
	historyText = 1 << 20
)

// history is what was entered in this session and earlier ones: a file with a
// JSON string a line, since a text may have several lines. Only the user can read
// it.
type history struct {
	file  string   // "" keeps none
	texts []string // the oldest first
}

// openHistory reads the history of a folder. One that can't be read is empty.
func openHistory(dir string) *history {
	if dir == "" {
		return &history{}
	}
	h := &history{file: filepath.Join(dir, "history")}
	in, err := os.Open(h.file)
	if err != nil {
		return h
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 6*historyText+3) // as long as a text gets as JSON, each byte \\u00xx
	for lines.Scan() {
		var text string
		if json.Unmarshal(lines.Bytes(), &text) == nil {
			h.texts = append(h.texts, text)
		}
	}
	if len(h.texts) > historyMost {
		h.texts = h.texts[len(h.texts)-historyKept:]
		_ = h.rewrite()
	}
	return h
}

// add keeps a text, behind what other sessions have added meanwhile. It is not
// kept where it is the same as the last one, or very long.
func (h *history) add(text string) error {
	if n := len(h.texts); n > 0 && h.texts[n-1] == text || len(text) > historyText {
		return nil
	}
	h.texts = append(h.texts, text)
	if h.file == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(h.file), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(h.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	// Whoever could read what there was before can't read what comes.
	if err = out.Chmod(0o600); err != nil {
		out.Close()
		return err
	}
	if _, err = out.Write(historyLine(text)); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// rewrite writes the file anew.
func (h *history) rewrite() error {
	out, err := os.CreateTemp(filepath.Dir(h.file), "history")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	w := bufio.NewWriter(out)
	for _, text := range h.texts {
		_, _ = w.Write(historyLine(text))
	}
	if err := w.Flush(); err != nil {
		out.Close()
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(out.Name(), h.file)
}

func historyLine(text string) []byte {
	line, _ := json.Marshal(text) // a string can always be encoded
	return append(line, '\n')
}
