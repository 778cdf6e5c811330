using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>The servers of <c>-S</c>, asked in turn. Thread-safe.</summary>
internal sealed class ServerList(ServerConnection connection, ServerId[] servers)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // A server gets less time than the client has left, so that its last answer still arrives in time.
    private const int ReserveDivisor = 10;
    private static readonly TimeSpan ReserveMax = TimeSpan.FromMilliseconds(250);

    // The server that answered last is asked first.
    private volatile int _first;

    private ServerId[] Servers => servers;

    /// <summary>
    /// Sends a request until it is answered or the time is up. With <paramref name="mayRepeat"/> an unknown outcome is retried with the
    /// next server, round after round. Without it the next server is asked only if the request has certainly changed nothing. Blocks: a
    /// short command starts no thread pool.
    /// </summary>
    /// <param name="request">Builds the request, given its number and the time that the server may take.</param>
    /// <param name="mayRepeat">The request is a query, or has a request id.</param>
    /// <param name="redirected">Called with the leader, if a server forwards the request to it. Called by any thread.</param>
    public RequestOutcome Ask(
        Func<long, TimeSpan, Request> request,
        bool mayRepeat,
        TimeSpan timeout,
        Action<ServerId> redirected,
        CancellationToken cancellation)
    {
        var turn = new Turn(this, mayRepeat, timeout);
        while (true)
        {
            var answer = connection.Ask(turn.Server, WithReserve(request), turn.Patience, redirected, cancellation);
            if (turn.End(answer, cancellation.IsCancellationRequested) is { } outcome)
            {
                return outcome;
            }

            if (turn.IsFirst)
            {
                cancellation.WaitHandle.WaitOne(Pause);
            }
        }
    }

    /// <summary>As <see cref="Ask"/>, for several requests at a time. Requests are first sent in the order of the calls.</summary>
    public async Task<RequestOutcome> AskAsync(
        Func<long, TimeSpan, Request> request,
        bool mayRepeat,
        TimeSpan timeout,
        Action<ServerId> redirected,
        CancellationToken cancellation)
    {
        var turn = new Turn(this, mayRepeat, timeout);
        while (true)
        {
            var answer = await connection.AskAsync(turn.Server, WithReserve(request), turn.Patience, redirected, cancellation)
                .ConfigureAwait(false);
            if (turn.End(answer, cancellation.IsCancellationRequested) is { } outcome)
            {
                return outcome;
            }

            if (turn.IsFirst)
            {
                await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static Func<long, TimeSpan, Request> WithReserve(Func<long, TimeSpan, Request> request) =>
        (number, left) => request(number, left - Reserve(left));

    private static TimeSpan Reserve(TimeSpan left) =>
        left / ReserveDivisor is var reserve && reserve < ReserveMax ? reserve : ReserveMax;

    /// <summary>Whose turn it is for one request, and what the answers come to.</summary>
    private sealed class Turn(ServerList list, bool mayRepeat, TimeSpan timeout)
    {
        private readonly Deadline _deadline = Deadline.After(timeout);
        private readonly ServerId[] _servers = list.Servers;
        private readonly List<string> _refusals = [];
        private int _first = list._first;
        private int _asked;
        private string? _doubt;

        public ServerId Server => _servers[Index];

        public TimeSpan Patience => mayRepeat ? _deadline.Left / (_servers.Length - _asked) : _deadline.Left;

        /// <summary>A round begins.</summary>
        public bool IsFirst => _asked == 0;

        private int Index => (_first + _asked) % _servers.Length;

        /// <summary>Ends the turn of the server. Returns the outcome of the request; null: it is the next server's turn.</summary>
        public RequestOutcome? End(Answer answer, bool isInterrupted)
        {
            switch (answer)
            {
                case Answer.Replied { Reply: Reply.Refused { IsFinal: true } refused }:
                    return new RequestOutcome.NotDone(refused.Detail, IsFinal: true);
                case Answer.Replied { Reply: Reply.Refused refused }:
                    _refusals.Add(_servers.Length == 1 ? refused.Detail : $"{Server}: {Clause.Of(refused.Detail)}");
                    break;
                case Answer.Replied { Reply: Reply.Unknown unknown }:
                    _doubt ??= unknown.Detail;
                    break;
                case Answer.Replied replied:
                    list._first = Index;
                    return new RequestOutcome.Answered(Server, replied.Reply);
                case Answer.Unsent unsent:
                    _refusals.Add(unsent.Why);
                    break;
                case Answer.Lost lost:
                    _doubt ??= lost.Why;
                    break;
            }

            _asked++;
            if (_asked < _servers.Length && !_deadline.IsOver && !isInterrupted && (_doubt is null || mayRepeat))
            {
                return null;
            }

            if (_doubt is null)
            {
                return new RequestOutcome.NotDone(isInterrupted ? "interrupted" : string.Join("; ", _refusals));
            }

            // No time would be left after the pause.
            if (_deadline.Left <= Pause || isInterrupted || !mayRepeat)
            {
                return new RequestOutcome.Unknown(isInterrupted ? "interrupted" : _doubt);
            }

            _refusals.Clear();
            (_first, _asked) = (list._first, 0);
            return null;
        }
    }
}
