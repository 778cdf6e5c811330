using Akka.Actor;

namespace RaftTrials.Clients;

/// <summary>Many concurrent callers on a few clients, in a process that is no member of the group.</summary>
internal sealed class ClientLoad(ActorSystem system, IReadOnlyList<string> contacts, CallBook book)
{
    /// <summary>The key of all calls in the book: the calls are about the whole log.</summary>
    public const string LogKey = "log";

    /// <summary>The key of the last pair. A subscription ends with it.</summary>
    private const string LastKey = "end";

    private const int Callers = 24;
    private const int Subscribers = 2;
    private const int Keys = 8;
    private const int BurstSize = 10;
    private const int PauseMax = 60;
    private const int StreamMax = 500;
    private const int RepeatsMax = 3;

    // One append of so many is repeated although it is done.
    private const int DoneRepeated = 10;

    private int _reads;

    /// <summary>Runs the callers until the token is cancelled. Then each waits for the end of its last call.</summary>
    public async Task Run(CancellationToken stop)
    {
        await using RaftClient<string, long> one = Create(), other = Create();
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, Callers).Select(number => Task.Run(() => Call(number, number % 2 == 0 ? one : other, stop), stop)),
            Task.Run(() => CallBriefly(Callers, stop), stop),
        ]);
    }

    /// <summary>Subscribes again and again, until <see cref="AppendLast"/> ends it.</summary>
    public async Task Subscribe()
    {
        await using var client = Create();
        await Task.WhenAll(Enumerable.Range(0, Subscribers).Select(number => Task.Run(() => Subscribe(client, new Random(number)))));
    }

    /// <summary>Appends the last pair when no server is killed any more, and returns its serial.</summary>
    public async Task<long> AppendLast()
    {
        await using var client = Create();
        var call = await Append(Callers + 1, client, LastKey, Guards.Request, CancellationToken.None);
        return call.End == WriteEnd.Committed ? call.Serial : throw new TrialFailure($"without faults, '{call}'");
    }

    private RaftClient<string, long> Create() => Raft.Get(system).CreateClient<string, long>("default", contacts);

    private async Task Call(int number, RaftClient<string, long> client, CancellationToken stop)
    {
        var random = new Random(number);
        while (!stop.IsCancellationRequested)
        {
            // A third of the callers have short timeouts, another third cancels its appends.
            TimeSpan? timeout = number % 3 == 1 ? TimeSpan.FromMilliseconds(random.Next(50, 1500)) : null;
            using CancellationTokenSource limit = new();
            if (number % 3 == 2)
            {
                limit.CancelAfter(random.Next(1, 1000));
            }

            var key = $"k{number % Keys}";
            await (random.Next(100) switch
            {
                < 50 => Append(number, client, key, timeout, limit.Token),
                < 55 => Burst(number, client, key, timeout, limit.Token),
                < 65 => Read(number, client, Level.Linearizable),
                < 75 => Read(number, client, Level.Lease),
                < 83 => Read(number, client, Level.Session),
                < 90 => Read(number, client, Level.Local),
                _ => Get(client, Math.Max(1, book.Floor + random.Next(-200, 20))),
            });
            await Poll.Wait(TimeSpan.FromMilliseconds(random.Next(PauseMax)), stop);
        }
    }

    // Each client is disposed while its appends are under way.
    private async Task CallBriefly(int number, CancellationToken stop)
    {
        var random = new Random(number);
        for (var round = 1; !stop.IsCancellationRequested; round++)
        {
            var client = Create();
            var appends = Burst(number, client, $"b{round}", null, CancellationToken.None);
            await Task.Delay(random.Next(300), CancellationToken.None);
            await client.DisposeAsync();
            await appends;
            await Poll.Wait(TimeSpan.FromMilliseconds(random.Next(1000)), stop);
        }
    }

    private Task Burst(int number, RaftClient<string, long> client, string key, TimeSpan? timeout, CancellationToken limit) =>
        Task.WhenAll(Enumerable.Range(0, BurstSize).Select(_ => Append(number, client, key, timeout, limit)));

    private async Task<WriteCall> Append(
        int number, RaftClient<string, long> client, string key, TimeSpan? timeout, CancellationToken limit)
    {
        var floor = new Serial(book.Floor);
        var call = book.Begin(NameOf(number), LogKey, prefix: $"{key} ");
        var value = call.Value![(key.Length + 1)..]; // Justification: Begin gives it.
        var dice = Random.Shared.Next(2 * DoneRepeated);
        RequestKey? requestKey = dice < DoneRepeated ? new RequestKey(value, floor) : default(RequestKey?);
        var outcome = await client.AppendAsync(key, value, timeout, requestKey, cancellationToken: limit);
        for (var i = 0; i < RepeatsMax && requestKey is { } known && outcome is { Failure.Kind: FailureKind.Unknown }; i++)
        {
            // A repeat that was not committed says nothing about the first attempt.
            outcome = await Repeat(key, value, known) ?? outcome;
        }

        End(call, outcome);
        if (dice == 0 && outcome is { Failure: null } && await Repeat(key, value, requestKey!.Value) is { } again)
        {
            End(call, again);
        }

        return call;
    }

    private void End(WriteCall call, Outcome<long> outcome)
    {
        if (outcome is { Failure: null } done)
        {
            book.End(call, WriteEnd.Committed, done.Serial.Value, place: done.ResultOr(-1));
        }
        else
        {
            book.End(call, outcome is { Failure.Kind: FailureKind.NotDone } ? WriteEnd.NotCommitted : WriteEnd.Unknown, 0);
        }
    }

    /// <summary>Repeats an append by another client. Null: it is not done, as far as the client knows.</summary>
    private async Task<Outcome<long>?> Repeat(string key, string value, RequestKey requestKey)
    {
        book.CountRepeat();
        await using var client = Create();
        return await client.AppendAsync(key, value, requestKey: requestKey) is { Failure: null } done ? done : null;
    }

    private async Task Read(int number, RaftClient<string, long> client, Level level)
    {
        var (seen, began) = (level == Level.Session ? book.Floor : 0, Stopwatch.GetTimestamp());
        try
        {
            var answer = LogAnswer.Parse((await client.QueryAsync<string>("", consistency: level switch
            {
                Level.Linearizable => ReadConsistency.Linearizable,
                Level.Lease => ReadConsistency.Lease,
                _ => ReadConsistency.NotOlderThan(new Serial(seen)),
            })).Result);

            // The process that answers is unknown, so local reads have no order.
            var life = $"a process of read {Interlocked.Increment(ref _reads)}";
            book.Add(new ReadCall(
                NameOf(number), LogKey, level, life, seen, began, Stopwatch.GetTimestamp(), answer.Last.Serial, answer.Last.Value,
                answer.Last.Serial, answer.Count));
        }
        catch (RaftException)
        {
            book.CountUnanswered();
        }
    }

    private async Task Get(RaftClient<string, long> client, long serial)
    {
        var floor = book.Floor;
        try
        {
            var entry = (await client.GetAsync(new Serial(serial))).Result;
            book.Add(new WatchCall(LogKey, serial - 1, entry is null ? [] : [Register.ChangeOf(entry)], floor));
        }
        catch (RaftException)
        {
            book.CountUnanswered();
        }
    }

    private async Task Subscribe(RaftClient<string, long> client, Random random)
    {
        var (after, hasEnded) = (0L, false);
        while (!hasEnded)
        {
            List<Change> pairs = [];
            book.Add(new WatchCall(LogKey, after, pairs));
            var count = random.Next(1, StreamMax);
            await foreach (var entry in client.SubscribeAsync(new Serial(after)))
            {
                pairs.Add(Register.ChangeOf(entry));
                hasEnded = entry.Key == LastKey;
                if (hasEnded || pairs.Count == count)
                {
                    break;
                }
            }

            after = Math.Max(0, pairs[^1].Serial - random.Next(StreamMax / 4));
        }
    }

    private static string NameOf(int number) => $"client {number}";
}
