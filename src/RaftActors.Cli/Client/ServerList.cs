using System.Collections.Immutable;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>The servers that a client may ask, one after the other until one knows the answer.</summary>
internal sealed class ServerList(ServerConnection connection, ImmutableArray<ServerId> servers)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // The server's answer has to be here before time is up.
    private const int ReserveDivisor = 10;
    private static readonly TimeSpan ReserveMax = TimeSpan.FromMilliseconds(250);

    // Who answered last is asked first.
    private volatile int _first;

    /// <summary>
    /// Asks until there is an answer or time is up. A request that may be repeated is sent to the next server, and to all of them again,
    /// as long as it is unknown what became of it; any other goes to the next one only if it certainly changed nothing.
    /// </summary>
    /// <param name="request">Makes the request, given its number and how long the server may take.</param>
    public async Task<Ending> AskAsync(
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
                        return new Ending.NotDone(refused.Detail, IsFinal: true);
                    case Answer.Replied { Reply: Reply.Refused refused }:
                        refusals.Add(servers.Length == 1 ? refused.Detail : $"{servers[index]}: {Clause.Of(refused.Detail)}");
                        break;
                    case Answer.Replied { Reply: Reply.Unknown unknown }:
                        doubt ??= unknown.Detail;
                        break;
                    case Answer.Replied replied:
                        _first = index;
                        return new Ending.Answered(servers[index], replied.Reply);
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
                return new Ending.NotDone(cancellation.IsCancellationRequested ? "interrupted" : string.Join("; ", refusals));
            }

            // After the pause nobody could answer any more.
            if (deadline.Left <= Pause || cancellation.IsCancellationRequested || !mayRepeat)
            {
                return new Ending.Unknown(cancellation.IsCancellationRequested ? "interrupted" : doubt);
            }

            await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TimeSpan Reserve(TimeSpan left) =>
        left / ReserveDivisor is var reserve && reserve < ReserveMax ? reserve : ReserveMax;
}
