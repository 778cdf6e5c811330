using RaftActors;
using RaftActors.Testing.History;

namespace RaftTrials.Clients;

/// <summary>All calls of the clients and their ends. Thread-safe until the calls have ended; then the lists may be read.</summary>
internal sealed class CallBook
{
    private readonly Lock _lock = new();
    private long _floor;
    private int _next;

    /// <summary>The appends and the linearizable reads.</summary>
    public OperationHistory<KeyCall, KeyState> History { get; } = new();

    public List<AppendCall> Appends { get; } = [];

    /// <summary>The calls that repeated an append with its request key and ended as Done.</summary>
    public List<AppendCall> Repeats { get; } = [];

    public List<ReadCall> Reads { get; } = [];

    public List<GetCall> Gets { get; } = [];

    public List<StreamCall> Streams { get; } = [];

    /// <summary>Reads and Gets that ended with an exception because no process answered in time.</summary>
    public int Failed { get; private set; }

    /// <summary>A lower bound of the last committed serial: the highest that an ended call has reported.</summary>
    public long Floor
    {
        get
        {
            lock (_lock)
            {
                return _floor;
            }
        }
    }

    /// <summary>Records the start of an append, and gives it a unique id.</summary>
    public OpenCall Append(int client, string key)
    {
        lock (_lock)
        {
            return new OpenCall(History.Invoke(client, new KeyCall(key, $"{client}-{++_next}")), _floor);
        }
    }

    public OpenCall Read(int client, string key)
    {
        lock (_lock)
        {
            return new OpenCall(History.Invoke(client, new KeyCall(key, null)), _floor);
        }
    }

    public void End(OpenCall call, Outcome<long> outcome)
    {
        lock (_lock)
        {
            Appends.Add(new AppendCall(call.Call.Key, call.Call.Id!, call.Floor, outcome));
            switch (outcome)
            {
                case Outcome<long>.Done done:
                    _floor = Math.Max(_floor, done.Serial.Value);
                    History.Ok(call.Operation, new KeyState(done.ResultOr(KeyModel.NoResult), call.Call.Id!));
                    break;
                case Outcome<long>.NotCommitted:
                    History.Fail(call.Operation);
                    break;
                default:
                    History.Unknown(call.Operation);
                    break;
            }
        }
    }

    /// <summary>Records the end of a call that repeated an append, which may have ended or not.</summary>
    public void AddRepeat(OpenCall call, Outcome<long>.Done done)
    {
        lock (_lock)
        {
            Repeats.Add(new AppendCall(call.Call.Key, call.Call.Id!, call.Floor, done));
        }
    }

    /// <summary>Records the end of a linearizable read. Null: it failed.</summary>
    public void End(OpenCall call, KeyAnswer? answer)
    {
        lock (_lock)
        {
            if (answer is not { } known)
            {
                Failed++;
                History.Fail(call.Operation);
                return;
            }

            Reads.Add(new ReadCall(call.Call.Key, call.Floor, known));
            _floor = Math.Max(_floor, known.Serial);
            History.Ok(call.Operation, known.State);
        }
    }

    /// <summary>Records the end of a weaker read.</summary>
    /// <param name="atLeast">The serial that the answering state had to include.</param>
    public void Add(string key, long atLeast, KeyAnswer? answer)
    {
        lock (_lock)
        {
            if (answer is { } known)
            {
                Reads.Add(new ReadCall(key, atLeast, known));
            }
            else
            {
                Failed++;
            }
        }
    }

    /// <summary>Records the end of a Get. Null: it failed.</summary>
    public void Add(GetCall? call)
    {
        lock (_lock)
        {
            if (call is not null)
            {
                Gets.Add(call);
            }
            else
            {
                Failed++;
            }
        }
    }

    public void Add(StreamCall stream)
    {
        lock (_lock)
        {
            Streams.Add(stream);
        }
    }
}

/// <summary>An append or a linearizable read that has not ended.</summary>
/// <param name="Floor">A serial that was committed when the call began.</param>
internal sealed record OpenCall(Operation<KeyCall, KeyState> Operation, long Floor)
{
    public KeyCall Call => Operation.Input;
}

/// <summary>An append that has ended.</summary>
internal sealed record AppendCall(string Key, string Id, long Floor, Outcome<long> Outcome);

/// <summary>A read that was answered.</summary>
/// <param name="AtLeast">The serial that the answering state had to include.</param>
internal sealed record ReadCall(string Key, long AtLeast, KeyAnswer Answer);

/// <summary>A Get that was answered.</summary>
/// <param name="Floor">A serial that was committed when the call began.</param>
/// <param name="Found">Null: the pair is not committed.</param>
internal sealed record GetCall(long Serial, long Floor, LoggedPair? Found);

/// <summary>A subscription that has ended.</summary>
internal sealed record StreamCall(long After, IReadOnlyList<LoggedPair> Pairs);
