using RaftActors.Core;
using RaftActors.Testing.History;

namespace RaftActors.Simulator;

/// <content>Requests of clients, and the answers.</content>
internal sealed partial class Simulation
{
    private readonly List<SimulatedProcess> _candidates = [];
    private readonly HashSet<RequestId> _failed = [];
    private readonly Dictionary<long, SimulatedProcess> _readers = [];
    private readonly Dictionary<RequestId, (Client Client, ClientRequest Request)> _requests = [];
    private readonly List<KeyedOperation> _keyed = [];
    private long _values;
    private long _reads;

    private Serial LastCommitted => _ledger.Count > 0 ? _ledger[_ledger.Count].Serial : Serial.Zero;

    public long NextValue() => ++_values;

    public KeyedOperation BeginKeyed(KeyOperation put, bool isDated)
    {
        _keyed.Add(KeyedOperation.Begin(_keyed.Count + 1, put, isDated ? LastCommitted : null));
        return _keyed[^1];
    }

    public KeyedOperation? AnyKeyed(Prng prng) =>
        _keyed.Count > 0 ? _keyed[^Math.Min(prng.Between(1, prng.Any([3, 12, 40])), _keyed.Count)] : null;

    public void Wake(int client, int timer, long after) =>
        _queue.Add(_now + (_now < _burstUntil ? Math.Min(after, 1500) : after), EventKind.Client, client, timer);

    public void NoteFailed(RequestId request) => _failed.Add(request);

    public void Close(RequestId last, Prng prng)
    {
        if (Choose(prng, prefersLeader: prng.Chance(85)) is { } process)
        {
            Step(process, new Input.Close([last]));
        }
    }

    public bool IsClosed(RequestId request) => _sessions.IsClosed(request);

    public void Propose(Client client, List<ClientRequest> requests, Prng prng, bool areLate = false)
    {
        if (_now < _quietUntil || Choose(prng, prefersLeader: prng.Chance(85)) is not { } process)
        {
            return;
        }

        foreach (var request in requests)
        {
            if (_requests.TryAdd(request.Id, (client, request)))
            {
                // For every third request the client knows no serial.
                request.Started = request.Id.Number % 3 != 0 ? LastCommitted : Serial.Zero;
                request.IfSerial = _plan.HasConditions && request.Id.Number % 2 == 0 ? LastCommitted : null;
            }
        }

        var areRetries = !areLate && requests.Exists(request => request.Attempts > 1 || request.HasEnded);
        Step(process, new Input.Propose([.. requests.Select(request => request.Pair)], areRetries)
        {
            Since = _plan.HasKeys ? [.. requests.Select(request => request.Since)] : [],
            Started = areRetries ? [.. requests.Select(request => request.Started)] : [],
            IfSerial = _plan.HasConditions ? [.. requests.Select(request => request.IfSerial)] : [],
            Now = process.WallClock(_now),
        });
    }

    public long Read(Client client, KeyOperation operation, Prng prng)
    {
        var id = ++_reads;
        if ((Usurped(prng) ?? Choose(prng, prefersLeader: prng.Chance(40))) is { } process)
        {
            process.Reading.Add(id, new ClientRead(client, History.Invoke(0, operation), _ledger.Count));
            _readers[id] = process;
            Step(process, new Input.Read(new ReadId(id)));
        }

        return id;
    }

    public void Forget(long read)
    {
        if (_readers.Remove(read, out var process))
        {
            process.Reading.Remove(read);
        }
    }

    /// <summary>Chooses one of the processes that believe they lead, since a client cannot tell which one does.</summary>
    private SimulatedProcess? Usurped(Prng prng) =>
        _now < _burstUntil && _usurped is { IsRunning: true, IsPaused: false } usurped && prng.Chance(60) ? usurped : null;

    private SimulatedProcess? Choose(Prng prng, bool prefersLeader)
    {
        _candidates.Clear();
        foreach (var process in _processes)
        {
            if (process.IsRunning && !process.IsPaused && (!prefersLeader || process.Core!.Role == RaftRole.Leader))
            {
                _candidates.Add(process);
            }
        }

        return _candidates.Count > 0 ? prng.Any(_candidates) : null;
    }

    private void CarryToClients(SimulatedProcess process, Effect effect)
    {
        switch (effect)
        {
            case Effect.Accepted(var entries):
                foreach (ref readonly var entry in entries.IsEmpty || IsProbe((Payload.Pair)entries[0].Payload) ? [] : entries)
                {
                    Expect(process, ((Payload.Pair)entry.Payload).Request!.Value, entry.Index.Value);
                }

                break;
            case Effect.Repeated repeated:
                OnRepeated(process, repeated);
                break;
            case Effect.Overtaken(var request, var index):
                OnOvertaken(process, _requests[request], index.Value);
                break;
            case Effect.Rejected(var pairs, var reason):
                foreach (var pair in pairs.Where(pair => !IsProbe(pair)))
                {
                    OnRejected(process, pair.Request!.Value, reason);
                }

                break;
            case Effect.ReadReady(var id, var index):
                OnReadReady(process, id.Value, index.Value);
                break;
            case Effect.ReadFailed(var id) when process.Reading.Remove(id.Value, out var read):
                _readers.Remove(id.Value);
                read.Client.OnReadFailed(read);
                break;
        }
    }

    private void Expect(SimulatedProcess process, RequestId id, long index)
    {
        var (client, request) = _requests[id];
        client.OnAccepted(request);
        process.Appending[index] = new Attempt(client, request);
    }

    private void OnRepeated(SimulatedProcess process, Effect.Repeated repeated)
    {
        var (client, request) = _requests[repeated.Request];
        if (request.Pair is Payload.KeyedPair { RequestKey: var key })
        {
            // Core may have evicted the entry within this step: the effect that commits it comes later.
            var entry = repeated.Index.Value <= process.Given ? _ledger[repeated.Index.Value] : process.Log[repeated.Index.Value];
            KeyChecker.OnRepeated(process, key, repeated, entry);
            if ((entry.Payload as Payload.Pair)?.Request != repeated.Request)
            {
                // The pair of another attempt. Until it is committed the client waits, and asks again.
                if (repeated.Index.Value <= process.Given)
                {
                    client.OnKeyKnown(request);
                }

                return;
            }
        }

        if (repeated.Index.Value > process.Given)
        {
            Expect(process, repeated.Request, repeated.Index.Value);
            return;
        }

        if (_ledger[repeated.Index.Value].Payload is not Payload.Pair pair || pair.Request != repeated.Request
            || _ledger[repeated.Index.Value].Serial != repeated.Serial)
        {
            throw new Violation("requests", $"{process.Member} reports {repeated.Request} at {repeated.Index}, and it is not there");
        }

        client.OnCommitted(request);
    }

    private static void OnOvertaken(SimulatedProcess process, (Client Client, ClientRequest Request) overtaken, long index)
    {
        if (index <= process.Given)
        {
            overtaken.Client.OnOvertaken(overtaken.Request);
        }
        else
        {
            overtaken.Client.OnLost(overtaken.Request, wasOpen: false);
        }
    }

    private void OnRejected(SimulatedProcess process, RequestId id, FailureReason? reason)
    {
        var (client, request) = _requests[id];
        if (reason == FailureReason.Forgotten)
        {
            if (!_keys.MayHaveForgotten(process, request))
            {
                _sessions.OnExpired(process, id, request.Started);
            }

            client.OnExpired(request);
        }
        else
        {
            client.OnLost(request, wasOpen: false);
        }
    }

    private void TellWhoAppended(SimulatedProcess process, in LogEntry entry)
    {
        if (!process.Appending.Remove(entry.Index.Value, out var attempt))
        {
            return;
        }

        if (entry.Payload is Payload.Pair pair && pair.Request == attempt.Request.Id)
        {
            attempt.Client.OnCommitted(attempt.Request);
        }
        else
        {
            attempt.Client.OnLost(attempt.Request, wasOpen: true);
        }
    }

    private void OnReadReady(SimulatedProcess process, long id, long index)
    {
        if (!process.Reading.TryGetValue(id, out var read))
        {
            return;
        }

        if (index < read.Floor)
        {
            throw new Violation("stale read", $"{process.Member} answers at {index} a read that was asked when {read.Floor} was committed");
        }

        Totals.Reads++;
        read.ReadyAt = index;
        AnswerReads(process);
    }

    private void AnswerReads(SimulatedProcess process)
    {
        if (process.Reading.Count == 0)
        {
            return;
        }

        List<long>? done = null;
        foreach (var (id, read) in process.Reading)
        {
            if (read.ReadyAt <= process.Given)
            {
                (done ??= []).Add(id);
            }
        }

        foreach (var id in done ?? [])
        {
            process.Reading.Remove(id, out var read);
            _readers.Remove(id);
            read!.Client.OnRead(read, process.State[read.Operation.Input.Key]);
        }
    }

    private void CheckHistory()
    {
        foreach (var request in _failed)
        {
            Violation.Unless(_ledger.SerialOf(request) is null, "requests", $"{request} was reported as not appended, and was appended");
        }

        foreach (var (id, (_, request)) in _requests)
        {
            Violation.Unless(
                request.IfSerial is not { } last || _ledger.SerialOf(id) is not { } serial || serial == last.Next,
                "requests",
                $"{id} was appended, and not right behind the serial {request.IfSerial} that it names");
        }

        Totals.Histories++;
        if (History.Check(Model, placesMax: _plan.IsBig ? 2000 : 200_000) is { Impossible: not null } wrong)
        {
            throw new Violation("history", $"{wrong}");
        }
    }

    private static readonly KeyValueModel Model = new();
}
