using System.Diagnostics;

using Akka.Actor;

using RaftActors;

namespace RaftTrials.Clients;

/// <summary>Many concurrent callers on a few clients, in a process that is no member of the group.</summary>
internal sealed class ClientLoad(ActorSystem system, IReadOnlyList<string> contacts, CallBook book)
{
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

    // Keys change, so that no key collects many unknown appends: these make the check of a history expensive.
    private static readonly TimeSpan KeyTime = TimeSpan.FromSeconds(2);

    private readonly long _started = Stopwatch.GetTimestamp();

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
        var call = book.Append(Callers + 1, LastKey);
        var outcome = await client.AppendAsync(LastKey, call.Call.Id!, Guards.Request);
        book.End(call, outcome);
        return outcome is Outcome<long>.Done done
            ? done.Serial.Value
            : throw new TrialFailure($"without faults, an append ended as {outcome}");
    }

    private RaftClient<string, long> Create() => Raft.Get(system).CreateClient<string, long>(options: new() { Contacts = contacts });

    private async Task Call(int number, RaftClient<string, long> client, CancellationToken stop)
    {
        var random = new Random(number);
        while (!stop.IsCancellationRequested)
        {
            // A third of the callers have short timeouts, another third cancels its appends.
            TimeSpan? timeout = number % 3 == 1 ? TimeSpan.FromMilliseconds(random.Next(50, 1500)) : null;
            using CancellationTokenSource patience = new();
            if (number % 3 == 2)
            {
                patience.CancelAfter(random.Next(1, 1000));
            }

            var key = $"k{number % Keys}.{(int)(Stopwatch.GetElapsedTime(_started) / KeyTime)}";
            await (random.Next(100) switch
            {
                < 50 => Append(number, client, key, timeout, patience.Token),
                < 55 => Burst(number, client, key, timeout, patience.Token),
                < 65 => Read(number, client, key, ReadConsistency.Linearizable),
                < 75 => Read(number, client, key, ReadConsistency.Lease),
                < 83 => Read(client, key, book.Floor),
                < 90 => Read(client, key, 0),
                _ => Get(client, Math.Max(1, book.Floor + random.Next(-200, 20))),
            });
            await Pause(random.Next(PauseMax), stop);
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
            await Pause(random.Next(1000), stop);
        }
    }

    private Task Burst(int number, RaftClient<string, long> client, string key, TimeSpan? timeout, CancellationToken patience) =>
        Task.WhenAll(Enumerable.Range(0, BurstSize).Select(_ => Append(number, client, key, timeout, patience)));

    private async Task Append(
        int number, RaftClient<string, long> client, string key, TimeSpan? timeout, CancellationToken patience)
    {
        var call = book.Append(number, key);
        var dice = Random.Shared.Next(2 * DoneRepeated);
        RequestKey? requestKey = dice < DoneRepeated ? new RequestKey(call.Call.Id!, new Serial(call.Floor)) : default(RequestKey?);
        var outcome = await client.AppendAsync(key, call.Call.Id!, timeout, patience, requestKey);
        for (var i = 0; i < RepeatsMax && requestKey is { } known && outcome is Outcome<long>.Unknown; i++)
        {
            // A repeat that was not committed says nothing about the first attempt.
            outcome = await Repeat(call, known) ?? outcome;
        }

        book.End(call, outcome);
        if (dice == 0 && outcome is Outcome<long>.Done)
        {
            await Repeat(call, requestKey!.Value);
        }
    }

    /// <summary>Repeats an append by another client. Null: it is not done, as far as the client knows.</summary>
    private async Task<Outcome<long>.Done?> Repeat(OpenCall call, RequestKey requestKey)
    {
        await using var client = Create();
        var done = await client.AppendAsync(call.Call.Key, call.Call.Id!, requestKey: requestKey) as Outcome<long>.Done;
        if (done is not null)
        {
            book.AddRepeat(call, done);
        }

        return done;
    }

    private async Task Read(int number, RaftClient<string, long> client, string key, ReadConsistency linearizable)
    {
        var call = book.Read(number, key);
        book.End(call, await Ask(client, key, linearizable));
    }

    private async Task Read(RaftClient<string, long> client, string key, long atLeast) =>
        book.Add(key, atLeast, await Ask(client, key, ReadConsistency.NotOlderThan(new Serial(atLeast))));

    private static async Task<KeyAnswer?> Ask(RaftClient<string, long> client, string key, ReadConsistency consistency)
    {
        try
        {
            return KeyAnswer.Parse(await client.QueryAsync<string>(key, consistency: consistency));
        }
        catch (RaftUnavailableException)
        {
            return null;
        }
    }

    private async Task Get(RaftClient<string, long> client, long serial)
    {
        var floor = book.Floor;
        try
        {
            var entry = await client.GetAsync(new Serial(serial));
            book.Add(new GetCall(serial, floor, entry is null ? null : Pair(entry)));
        }
        catch (RaftUnavailableException)
        {
            book.Add(call: null);
        }
    }

    private async Task Subscribe(RaftClient<string, long> client, Random random)
    {
        var (after, hasEnded) = (0L, false);
        while (!hasEnded)
        {
            List<LoggedPair> pairs = [];
            book.Add(new StreamCall(after, pairs));
            var count = random.Next(1, StreamMax);
            await foreach (var entry in client.SubscribeAsync(new Serial(after)))
            {
                pairs.Add(Pair(entry));
                hasEnded = entry.Key == LastKey;
                if (hasEnded || pairs.Count == count)
                {
                    break;
                }
            }

            after = Math.Max(0, pairs[^1].Serial - random.Next(StreamMax / 4));
        }
    }

    private static LoggedPair Pair(Entry<string> entry) => new(entry.Serial.Value, entry.Key, entry.Value);

    private static async Task Pause(int milliseconds, CancellationToken stop) =>
        await Task.Delay(milliseconds, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
