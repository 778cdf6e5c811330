using RaftActors.Core;
using RaftActors.Testing.History;

namespace RaftActors.Simulator;

/// <summary>A pair that a client appends, with all attempts.</summary>
/// <param name="since">A serial from before the first attempt with the request key; null: the client tells none.</param>
internal sealed class ClientRequest(Payload.Pair pair, Operation<KeyOperation, long> operation, Serial? since = null)
{
    public Serial? Since => since;

    public RequestId Id => pair.Request!.Value;

    public Payload.Pair Pair => pair;

    public Operation<KeyOperation, long> Operation => operation;

    /// <summary>A serial that was committed before the first attempt, or 0.</summary>
    public Serial Started { get; set; }

    /// <summary>The last serial that the group must have to append the pair; null: any.</summary>
    public Serial? IfSerial { get; set; }

    /// <summary>The number of accepted attempts without a definite answer.</summary>
    public int Open { get; set; }

    public int Attempts { get; set; }

    public bool HasEnded => operation.Outcome != OperationOutcome.Pending;
}

/// <summary>A request that one process accepted.</summary>
internal sealed record Attempt(Client Client, ClientRequest Request);

/// <summary>A read that waits for its answer.</summary>
internal sealed class ClientRead(Client client, Operation<KeyOperation, long> operation, int floor)
{
    public Client Client => client;

    public Operation<KeyOperation, long> Operation => operation;

    /// <summary>The number of committed entries when the client asked.</summary>
    public int Floor => floor;

    /// <summary>The index of the state to read; null until it is known.</summary>
    public long? ReadyAt { get; set; }
}

/// <summary>
/// A client that appends and reads, one operation after another, and notes the answers. It sends a request without an answer again, to
/// another process.
/// </summary>
internal sealed class Client(int number, GroupPlan plan, Prng prng, IClientWorld world)
{
    private const int AttemptsMax = 6;

    /// <summary>All choices about request keys. Those of <c>prng</c> are the same as without keys.</summary>
    private readonly Prng _keys = new(plan.KeySeed + (ulong)number);

    /// <summary>All choices about closed sessions, in the same way.</summary>
    private readonly Prng _closing = new(plan.CloseSeed + (ulong)number);

    private readonly List<ClientRequest> _requests = [];
    private readonly bool _retries = world.Faults.Has(FaultKind.Retry) && prng.Chance(80);
    private readonly int _limit = prng.Between(3, 25) * 1000;
    private readonly List<ClientRequest> _answered = [];
    private Member _session;
    private int _sessions;
    private long _lastNumber;
    private long _reading;
    private int _timer;

    /// <summary>Whether the client begins no new operation.</summary>
    public bool IsStopping { get; set; }

    /// <summary>Whether the client retries without a limit.</summary>
    public bool IsStubborn { get; set; }

    public bool IsIdle => _requests.Count == 0 && _reading == 0;

    public override string ToString() =>
        $"client {number}, waiting for {string.Join(", ", _requests.Select(one => one.Id))} read {_reading}";

    public void Start()
    {
        BeginSession();
        WaitFor(prng.Between(1, 20_000));
    }

    public void OnTimer(int timer)
    {
        if (timer != _timer)
        {
            return;
        }

        if (_reading != 0)
        {
            world.Forget(_reading);
            _reading = 0;
        }

        if (_requests.Count > 0 && !TryAgain())
        {
            foreach (var request in _requests)
            {
                world.History.Unknown(request.Operation);
            }

            _requests.Clear();
            BeginSession();
        }

        if (IsIdle && !IsStopping)
        {
            BeginOperation();
        }
    }

    public void OnAccepted(ClientRequest request) => request.Open++;

    /// <summary>A request of this client is committed.</summary>
    public void OnCommitted(ClientRequest request)
    {
        if (!request.HasEnded)
        {
            world.History.Ok(request.Operation, 0);
            _answered.Add(request);
            OnEnded(request);
        }
    }

    /// <summary>
    /// An attempt was definitely refused. If no other attempt is open, the pair was never appended, and never will be without another
    /// attempt.
    /// </summary>
    public void OnLost(ClientRequest request, bool wasOpen)
    {
        request.Open -= wasOpen ? 1 : 0;
        if (request.HasEnded || request.Open > 0)
        {
            return;
        }

        if (IsStubborn || prng.Chance(80))
        {
            WaitFor(prng.Between(500, 4000));
            return;
        }

        world.History.Fail(request.Operation);
        world.NoteFailed(request.Id);
        OnEnded(request);
        BeginSession();
    }

    /// <summary>
    /// No attempt was appended, and none ever will, because others were committed behind the serial that the request names.
    /// </summary>
    public void OnOvertaken(ClientRequest request)
    {
        if (!request.HasEnded)
        {
            world.History.Fail(request.Operation);
            world.NoteFailed(request.Id);
            OnEnded(request);
            BeginSession();
        }
    }

    /// <summary>The request has expired: it stays unknown whether it was appended.</summary>
    public void OnExpired(ClientRequest request)
    {
        if (!request.HasEnded)
        {
            world.History.Unknown(request.Operation);
            OnEnded(request);
            BeginSession();
        }
    }

    /// <summary>
    /// Another pair with the key of the request is in the log. If no attempt was accepted, the pair of this request is not.
    /// </summary>
    public void OnKeyKnown(ClientRequest request)
    {
        if (request.HasEnded)
        {
            return;
        }

        if (request.Open > 0)
        {
            world.History.Unknown(request.Operation);
        }
        else
        {
            world.History.Fail(request.Operation);
            world.NoteFailed(request.Id);
        }

        OnEnded(request);
        BeginSession();
    }

    public void OnRead(ClientRead read, long value)
    {
        world.History.Ok(read.Operation, value);
        OnReadEnded();
    }

    public void OnReadFailed(ClientRead read)
    {
        world.History.Fail(read.Operation);
        OnReadEnded();
    }

    private void OnReadEnded()
    {
        _reading = 0;
        WaitFor(prng.Between(1, plan.ThinkingMax));
    }

    private void OnEnded(ClientRequest request)
    {
        _requests.Remove(request);
        if (_requests.Count == 0)
        {
            WaitFor(prng.Between(1, plan.ThinkingMax));
        }
    }

    /// <summary>Begins a new session after a request with an unknown outcome, so that later requests do not depend on it.</summary>
    private void BeginSession()
    {
        if (_requests.Count == 0)
        {
            Close();
            _session = new Member(new ProcessName($"client{number}@x"), SimulatedProcess.IncarnationOf(number, ++_sessions));
            _lastNumber = 0;
        }
    }

    private void Close()
    {
        if (plan.HasClosing && _lastNumber > 0)
        {
            world.Close(new RequestId(_session, _lastNumber), _closing);
        }
    }

    private void WaitFor(long microseconds) => world.Wake(number, ++_timer, microseconds);

    private bool TryAgain()
    {
        var isOpen = _requests.Exists(request => request.Open > 0);
        if ((isOpen && !_retries) || (!IsStubborn && _requests[0].Attempts >= AttemptsMax))
        {
            return false;
        }

        Send();
        return true;
    }

    private void BeginOperation()
    {
        if (_retries && _answered.Count > 0 && prng.Chance(10))
        {
            // As if the answer had been lost. The outcome of the retry changes nothing for this client.
            world.Propose(this, [_answered[^Math.Min(prng.Between(1, 20), _answered.Count)]], prng);
        }

        if (plan.HasClosing && _answered.Count > 0 && _closing.Chance(30))
        {
            var late = _answered[^Math.Min(_closing.Between(1, 10), _answered.Count)];
            if (world.IsClosed(late.Id))
            {
                world.Propose(this, [late], _closing, areLate: _closing.Chance(50));
            }
        }
        else if (_closing.Chance(10))
        {
            // As a process that leaves and joins again: the session goes on.
            Close();
        }

        if (prng.Chance(plan.ReadPercent))
        {
            WaitFor(_limit);
            _reading = world.Read(this, new KeyOperation(prng.Between(0, KeyValueState.Keys - 1), IsPut: false, 0), prng);
            return;
        }

        if (prng.Chance(plan.NewSessionPercent))
        {
            BeginSession();
        }

        if (plan.HasKeys && _keys.Chance(30) && world.AnyKeyed(_keys) is { } known)
        {
            // As a client that restarted, or another one. Sometimes with another value, of which nothing may come.
            Add(_keys.Chance(90) ? known : known with { Put = known.Put with { Value = world.NextValue() } });
            Send();
            return;
        }

        for (var count = prng.Chance(70) ? 1 : prng.Between(2, plan.IsBig ? 1000 : 4); count > 0; count--)
        {
            var put = new KeyOperation(prng.Between(0, KeyValueState.Keys - 1), IsPut: true, world.NextValue());
            if (plan.HasKeys && _keys.Chance(60))
            {
                Add(world.BeginKeyed(put, isDated: _keys.Chance(50)));
                continue;
            }

            var pair = new Payload.Pair(
                new RequestId(_session, ++_lastNumber), KeyValueState.KeyName(put.Key), BitConverter.GetBytes(put.Value));
            _requests.Add(new ClientRequest(pair, world.History.Invoke(number, put)));
        }

        Send();
    }

    private void Add(KeyedOperation known)
    {
        var (request, put) = (new RequestId(_session, ++_lastNumber), known.Put);
        var pair = new Payload.KeyedPair(known.Key, request, KeyValueState.KeyName(put.Key), BitConverter.GetBytes(put.Value));
        _requests.Add(new ClientRequest(pair, world.History.Invoke(number, put), known.Since));
    }

    private void Send()
    {
        _requests.ForEach(request => request.Attempts++);
        WaitFor(_limit + prng.Between(0, 5000));
        world.Propose(this, _requests, prng);
    }
}

/// <summary>The operations that the simulation offers to a client.</summary>
internal interface IClientWorld
{
    FaultSet Faults { get; }

    OperationHistory<KeyOperation, long> History { get; }

    long NextValue();

    /// <summary>Begins an operation that any client may attempt again.</summary>
    /// <param name="isDated">Each attempt tells a serial from before the first one.</param>
    KeyedOperation BeginKeyed(KeyOperation put, bool isDated);

    /// <summary>One of the latest of these operations; null if there is none.</summary>
    KeyedOperation? AnyKeyed(Prng prng);

    void Wake(int client, int timer, long after);

    /// <param name="areLate">These are first attempts that come after a later one.</param>
    void Propose(Client client, List<ClientRequest> requests, Prng prng, bool areLate = false);

    /// <summary>The origin makes no further request.</summary>
    void Close(RequestId last, Prng prng);

    /// <summary>The group knows that the origin of the request is closed.</summary>
    bool IsClosed(RequestId request);

    long Read(Client client, KeyOperation operation, Prng prng);

    void Forget(long read);

    void NoteFailed(RequestId request);
}
