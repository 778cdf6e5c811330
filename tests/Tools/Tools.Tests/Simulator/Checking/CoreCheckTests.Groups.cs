using RaftActors.Core;
using RaftActors.Testing.History;

namespace RaftActors.Simulator.Tests.Checking;

/// <content>The requests that a group remembers.</content>
public sealed partial class CoreCheckTests
{
    private static readonly KeyOperation Put = new(0, IsPut: true, 1);
    private static readonly SessionBounds Few = new(MaxOrigins: 1, MaxRequests: 1, MaxKeys: 1);

    [Fact]
    public void Place_that_does_not_hold_the_key_of_its_request_is_rejected()
    {
        var pair = Keyed(1, since: null);
        var entry = Entry(1, term: 0, 1) with { Payload = pair };
        Effect.Repeated repeated = new(pair.Request!.Value, entry.Index, entry.Serial);
        KeyChecker.OnRepeated(_processes[0], pair.RequestKey, repeated, entry);

        Rejects("keys", () => KeyChecker.OnRepeated(_processes[0], pair.RequestKey, repeated, Entry(1, term: 0, 1)));
        Rejects("keys", () => KeyChecker.OnRepeated(_processes[0], Keyed(2, since: null).RequestKey, repeated, entry));
        Rejects("keys", () => KeyChecker.OnRepeated(_processes[0], pair.RequestKey, repeated with { Serial = new Serial(2) }, entry));
    }

    [Fact]
    public void Refusal_of_a_request_whose_key_is_remembered_is_rejected()
    {
        var leader = Elected(0);
        KeyChecker keys = new(_ledger, Few);
        ClientRequest Request(Payload.KeyedPair pair, Serial? since) =>
            new(pair, new OperationHistory<KeyOperation, long>().Invoke(1, Put), since);
        Assert.True(keys.MayHaveForgotten(leader, Request(Keyed(1, since: null), since: null)));
        while (_ledger.Count < leader.Core!.CommitIndex.Value)
        {
            _ledger.Give(_processes[1], After(_ledger) with { Payload = Keyed(_ledger.Count + 1, since: null) });
        }

        var last = Keyed(_ledger.Count, since: null);
        Rejects("keys", () => keys.MayHaveForgotten(leader, Request(last, since: null)));
        Assert.False(keys.MayHaveForgotten(leader, Request(Keyed(100, since: null), _ledger[_ledger.Count].Serial)));
    }

    [Fact]
    public void Refusal_of_a_request_that_was_not_forgotten_is_rejected()
    {
        var leader = Elected(0, pairs: 2);
        SessionChecker sessions = new(_ledger, Few);
        RequestId Request(int number) => new(_processes[2].Member, number);
        sessions.OnExpired(leader, Request(1), Serial.Zero);
        _ledger.Give(_processes[1], Entry(1, term: 0, 1, new RequestId(_processes[0].Member, 1)));
        while (_ledger.Count < leader.Core!.CommitIndex.Value)
        {
            _ledger.Give(_processes[1], Entry(_ledger.Count + 1, term: 0, 1, Request(_ledger.Count + 10)));
        }

        RequestId forgotten = new(_processes[0].Member, 1);
        sessions.OnExpired(leader, forgotten, Serial.Zero);
        Rejects("sessions", () => sessions.OnExpired(leader, forgotten, new Serial(1)));
        Rejects("sessions", () => sessions.OnExpired(leader, Request(_ledger.Count + 9), Serial.Zero));
        Rejects("sessions", () => sessions.OnExpired(leader, Request(_ledger.Count + 10), Serial.Zero));
    }

    // The number tells two pairs apart.
    private Payload.KeyedPair Keyed(int number, Serial? since)
    {
        var operation = KeyedOperation.Begin(number, Put, since);
        return new(operation.Key, new RequestId(_processes[2].Member, number), KeyValueState.KeyName(0), new byte[sizeof(long)]);
    }

    private static LogEntry After(Ledger ledger) =>
        Entry(ledger.Count + 1, term: 0, 1) with { Serial = ledger.Count == 0 ? new Serial(1) : ledger[ledger.Count].Serial.Next };

    // The leader of a group of its own, so that it needs no messages.
    private static SimulatedProcess Elected(int number, int pairs = 0)
    {
        var process = Process(number, [Names[number]]);
        process.Start(seed: 1);
        while (process.Core!.Role != RaftRole.Leader)
        {
            Step(process, Input.Tick.Instance);
        }

        Step(process, new Input.Propose([.. Enumerable.Repeat(new Payload.Pair(null, "key", default), pairs)]));
        while (process.Core.CommitIndex < process.Core.LastPosition.Index)
        {
            Step(process, Input.Tick.Instance);
        }

        return process;
    }

    private static void Step(SimulatedProcess process, Input input)
    {
        foreach (var persist in process.Core!.Step(input).OfType<Effect.Persist>())
        {
            process.Log.Write(persist.Entries);
            Write(process, persist);
            Step(process, new Input.Persisted(persist.Ticket));
        }
    }
}
