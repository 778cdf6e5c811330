using RaftActors.Core;
using RaftActors.Testing.History;

namespace RaftActors.Simulator;

/// <summary>A pair that a client wants appended, through all its attempts.</summary>
internal sealed class ClientRequest(Payload.Pair pair, Operation<KeyOperation, long> operation)
{
    public RequestId Id => pair.Request!.Value;

    public Payload.Pair Pair => pair;

    public Operation<KeyOperation, long> Operation => operation;

    /// <summary>Attempts that were taken and of which nothing definite was heard.</summary>
    public int Open { get; set; }

    public int Attempts { get; set; }

    public bool HasEnded => operation.Outcome != OperationOutcome.Pending;
}

/// <summary>A request as one process took it.</summary>
internal sealed record Attempt(Client Client, ClientRequest Request);

/// <summary>A question that waits for its answer.</summary>
internal sealed class ClientRead(Client client, Operation<KeyOperation, long> operation, int floor)
{
    public Client Client => client;

    public Operation<KeyOperation, long> Operation => operation;

    /// <summary>How much was committed when it was asked.</summary>
    public int Floor => floor;

    /// <summary>The state to be read; null as long as that is not known.</summary>
    public long? ReadyAt { get; set; }
}

/// <summary>
/// Appends and reads, one after the other, and notes what it is told. A request that nothing is heard of it sends again, to another
/// process.
/// </summary>
internal sealed class Client(int number, GroupPlan plan, Prng prng, IClientWorld world)
{
    private const int AttemptsMax = 6;

    private readonly List<ClientRequest> _requests = [];
    private readonly bool _retries = world.Faults.Has(FaultKind.Retry) && prng.Chance(80);
    private readonly int _patience = prng.Between(3, 25) * 1000;
    private readonly List<ClientRequest> _answered = [];
    private Member _session;
    private int _sessions;
    private long _lastNumber;
    private long _reading;
    private int _timer;

    /// <summary>Begins nothing new.</summary>
    public bool IsStopping { get; set; }

    /// <summary>Never gives up.</summary>
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

    /// <summary>What this client asked for is committed.</summary>
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
    /// An attempt came to nothing, definitely. If none other is open, the pair was never appended and never will be, unless it is tried
    /// again.
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

    /// <summary>Whether it was appended earlier is not known, and will not become known.</summary>
    public void OnExpired(ClientRequest request)
    {
        if (!request.HasEnded)
        {
            world.History.Unknown(request.Operation);
            OnEnded(request);
            BeginSession();
        }
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

    /// <summary>After a request without a definite end the next ones have nothing to do with it.</summary>
    private void BeginSession()
    {
        if (_requests.Count == 0)
        {
            _session = new Member(new ProcessName($"client{number}@x"), SimulatedProcess.IncarnationOf(number, ++_sessions));
            _lastNumber = 0;
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
            // As if the answer had been lost. What comes of it changes nothing for this client.
            world.Propose(this, [_answered[^Math.Min(prng.Between(1, 20), _answered.Count)]], prng);
        }

        if (prng.Chance(plan.ReadPercent))
        {
            WaitFor(_patience);
            _reading = world.Read(this, new KeyOperation(prng.Between(0, KeyValueState.Keys - 1), IsPut: false, 0), prng);
            return;
        }

        if (prng.Chance(plan.NewSessionPercent))
        {
            BeginSession();
        }

        for (var count = prng.Chance(70) ? 1 : prng.Between(2, plan.IsBig ? 1000 : 4); count > 0; count--)
        {
            var put = new KeyOperation(prng.Between(0, KeyValueState.Keys - 1), IsPut: true, world.NextValue());
            var pair = new Payload.Pair(
                new RequestId(_session, ++_lastNumber), KeyValueState.KeyName(put.Key), BitConverter.GetBytes(put.Value));
            _requests.Add(new ClientRequest(pair, world.History.Invoke(number, put)));
        }

        Send();
    }

    private void Send()
    {
        _requests.ForEach(request => request.Attempts++);
        WaitFor(_patience + prng.Between(0, 5000));
        world.Propose(this, _requests, prng);
    }
}

/// <summary>What a client can do.</summary>
internal interface IClientWorld
{
    FaultSet Faults { get; }

    OperationHistory<KeyOperation, long> History { get; }

    long NextValue();

    void Wake(int client, int timer, long after);

    void Propose(Client client, List<ClientRequest> requests, Prng prng);

    long Read(Client client, KeyOperation operation, Prng prng);

    void Forget(long read);

    void NoteFailed(RequestId request);
}
