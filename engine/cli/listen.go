package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/engine/schedule"
	"github.com/kubelua/kubelua/engine/schedule/board"
)

// showing are the flags of a scheduler that say where it shows what it does, and what
// it shows.
type showing struct {
	listen    string
	told      bool   // where to listen
	probes    string // where to listen for those that only ask for metrics and health
	tokenFile string

	history *schedule.History
	metrics *board.Metrics
}

func (s *showing) addFlags(fs *pflag.FlagSet) {
	fs.StringVar(&s.listen, "listen", "127.0.0.1:8087", `show what goes on at http://ADDRESS/, "" for nowhere: `+"`ADDRESS`")
	fs.StringVar(&s.probes, "metrics-listen", "", "also serve /metrics, /healthz and /readyz, and no more, at `ADDRESS`")
	fs.StringVar(&s.tokenFile, "token-file", "", "let whoever has the token in `FILE` run jobs there by hand")
}

// minToken is how short a token may be that others may guess at.
const minToken = 16

// check refuses flags that make no sense.
func (s *showing) check(flags *pflag.FlagSet) error {
	s.told = flags.Changed("listen")
	for _, f := range []struct{ name, address string }{{"listen", s.listen}, {"metrics-listen", s.probes}} {
		if _, _, err := net.SplitHostPort(f.address); err != nil && f.address != "" {
			return usageError("--%s: want an address like 127.0.0.1:8087 or :8087: %w", f.name, err)
		}
	}
	if s.tokenFile == "" {
		return nil
	}
	if s.listen == "" {
		return usageError("--token-file is of no use where nothing is shown")
	}
	if _, err := s.token(); err != nil {
		return usageError("--token-file: %w", err)
	}
	return nil
}

// token reads the token. Its file may change.
func (s *showing) token() (string, error) {
	text, err := os.ReadFile(s.tokenFile)
	if err != nil {
		return "", err
	}
	text = bytes.TrimSpace(text)
	if len(text) < minToken {
		return "", fmt.Errorf("the token in %s is shorter than %d characters", s.tokenFile, minToken)
	}
	return string(text), nil
}

// observe begins to remember what is shown.
func (s *showing) observe() schedule.Observer {
	s.history, s.metrics = schedule.NewHistory(), board.NewMetrics()
	return schedule.Observers(s.history.Observe, s.metrics.Observe)
}

// How long the server waits for its clients.
const (
	headerTime  = 5 * time.Second
	requestTime = 30 * time.Second
)

// show shows what a scheduler does until end is called. From when ctx ends on it
// isn't ready any more.
func (s *showing) show(ctx context.Context, title string, source board.Source, log *slog.Logger) (end func(), err error) {
	o := board.Options{Source: source, History: s.history, Metrics: s.metrics, Title: title, Stopping: ctx.Done(), Log: log}
	if s.tokenFile != "" {
		o.Token = s.token
	}
	var servers []*http.Server
	end = func() {
		for _, server := range servers {
			_ = server.Close()
		}
	}
	if s.probes != "" {
		listener, err := net.Listen("tcp", s.probes)
		if err != nil {
			return nil, fmt.Errorf("--metrics-listen: %w", err)
		}
		servers = append(servers, serveHTTP(listener, board.Probes(o), log))
		log.Info("serving metrics", "at", at(listener)+"metrics")
	}
	if s.listen == "" {
		return end, nil
	}
	listener, err := net.Listen("tcp", s.listen)
	switch {
	case err == nil:
		o.Local = listener.Addr().(*net.TCPAddr).IP.IsLoopback()
		servers = append(servers, serveHTTP(listener, board.New(o), log))
		log.Info("showing what goes on", "at", at(listener))
	case s.told:
		end()
		return nil, fmt.Errorf("--listen: %w", err)
	default:
		log.Warn("what goes on isn't shown: see --listen", "error", err)
	}
	return end, nil
}

// at is the URL at which a listener is reached.
func at(l net.Listener) string { return "http://" + l.Addr().String() + "/" }

// serveHTTP serves requests until the server is closed.
func serveHTTP(listener net.Listener, handler http.Handler, log *slog.Logger) *http.Server {
	server := &http.Server{
		Handler: handler, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: requestTime, MaxHeaderBytes: 16 << 10,
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("requests are served no longer", "at", at(listener), "error", err)
		}
	}()
	return server
}
