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

    /// <summary>
    /// Sends a request until it is answered or the time is up. With <paramref name="mayRepeat"/> an unknown outcome is retried with the
    /// next server, round after round. Without it the next server is asked only if the request has certainly changed nothing.
    /// </summary>
    /// <param name="request">Builds the request, given its number and the time that the server may take.</param>
    /// <param name="mayRepeat">The request is a query, or has a request id.</param>
    /// <param name="redirected">Called with the leader, if a server forwards the request to it. Called by any thread.</param>
    public async Task<RequestOutcome> AskAsync(
        Func<long, TimeSpan, Request> request,
        bool mayRepeat,
        TimeSpan timeout,
        Action<ServerId> redirected,
        CancellationToken cancellation)
    {
        var deadline = Deadline.After(timeout);
        string? doubt = null;
        while (true)
        {
            var refusals = new List<string>();
            var first = _first;
            for (var i = 0; i < servers.Length; i++)
            {
                var index = (first + i) % servers.Length;
                var patience = mayRepeat ? deadline.Left / (servers.Length - i) : deadline.Left;
                var answer = await connection.AskAsync(
                    servers[index],
                    (number, left) => request(number, left - Reserve(left)),
                    patience,
                    redirected,
                    cancellation).ConfigureAwait(false);
                switch (answer)
                {
                    case Answer.Replied { Reply: Reply.Refused { IsFinal: true } refused }:
                        return new RequestOutcome.NotDone(refused.Detail, IsFinal: true);
                    case Answer.Replied { Reply: Reply.Refused refused }:
                        refusals.Add(servers.Length == 1 ? refused.Detail : $"{servers[index]}: {Clause.Of(refused.Detail)}");
                        break;
                    case Answer.Replied { Reply: Reply.Unknown unknown }:
                        doubt ??= unknown.Detail;
                        break;
                    case Answer.Replied replied:
                        _first = index;
                        return new RequestOutcome.Answered(servers[index], replied.Reply);
                    case Answer.Unsent unsent:
                        refusals.Add(unsent.Why);
                        break;
                    case Answer.Lost lost:
                        doubt ??= lost.Why;
                        break;
                }

                if (deadline.IsOver || cancellation.IsCancellationRequested || (doubt is not null && !mayRepeat))
                {
                    break;
                }
            }

            if (doubt is null)
            {
                return new RequestOutcome.NotDone(cancellation.IsCancellationRequested ? "interrupted" : string.Join("; ", refusals));
            }

            // No time would be left after the pause.
            if (deadline.Left <= Pause || cancellation.IsCancellationRequested || !mayRepeat)
            {
                return new RequestOutcome.Unknown(cancellation.IsCancellationRequested ? "interrupted" : doubt);
            }

            await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TimeSpan Reserve(TimeSpan left) =>
        left / ReserveDivisor is var reserve && reserve < ReserveMax ? reserve : ReserveMax;
}
