using RaftActors.Testing.History;

namespace RaftActors.Simulator.Actors;

/// <summary>All calls of one run, and what their callers were told. Each amount is added by one call only.</summary>
internal sealed class SumsCalls
{
    /// <summary>A sum to which every proposal is accepted.</summary>
    public const string NeverDiscarded = "a";

    /// <summary>The key of the first pair of a batch. The pair of the same amount follows.</summary>
    public const string Half = "half";

    private const int BatchEvery = 4;

    private static readonly string[] Names = [NeverDiscarded, "b", "c"];

    // All actors are one client of the history. Its calls may overlap.
    private const int OfActors = -1;

    // A check that gives up has no verdict.
    private const int PlacesMax = 100_000;

    private readonly OperationHistory<SumsCall, int> _history = new();
    private readonly Dictionary<int, Operation<SumsCall, int>> _adds = [];
    private readonly Dictionary<int, Operation<SumsCall, int>> _open = [];
    private readonly Dictionary<RequestRef, int> _ofActors = [];
    private readonly Dictionary<RequestRef, Operation<SumsCall, int>> _reads = [];

    // The sum that the callers of an amount were told; null: that it is not committed.
    private readonly Dictionary<int, int?> _told = [];

    // When the caller of an amount was told its sum, and the sums that reads with an age must not be below.
    private readonly List<(TimeSpan At, string Name, int Sum)> _ends = [];
    private readonly Dictionary<RequestRef, int> _floors = [];
    private int _last;

    // The first wrong answer. It is told at the end, because an exception in an actor only restarts the actor.
    private string? _lie;

    /// <summary>A call with a request key that an actor has made, for the others to repeat; null: none.</summary>
    public (string Name, int Amount)? Repeatable { get; private set; }

    /// <summary>The time of the simulation.</summary>
    public Func<TimeSpan> Now { get; set; } = () => TimeSpan.Zero;

    /// <summary>Some calls append a batch.</summary>
    public bool HasBatches { get; init; }

    /// <summary>The pairs of a call: one, or a half before it.</summary>
    public (string Name, int Amount)[] PairsOf(string name, int amount) =>
        HasBatches && amount % BatchEvery == 0 ? [(Half, amount), (name, amount)] : [(name, amount)];

    /// <summary>An amount that no other call adds.</summary>
    public int NextAmount() => ++_last;

    /// <summary>Chooses a call of an actor.</summary>
    public (string Name, int Amount, TimeSpan Timeout) NextOfActor()
    {
        var amount = NextAmount();
        return (Names[amount % Names.Length], amount, TimeSpan.FromMilliseconds(50 + (amount * 37 % 1000)));
    }

    public static string NameOf(int choice) => Names[choice];

    public Operation<SumsCall, int> BeginRead(int client, string name) => _history.Invoke(client, new SumsCall(name, null));

    public void EndRead(Operation<SumsCall, int> read, int? sum)
    {
        if (sum is { } known)
        {
            _history.Ok(read, known);
        }
        else
        {
            _history.Fail(read);
        }
    }

    public void BeginAdd(int client, string name, int amount) =>
        _adds[amount] = _open[amount] = _history.Invoke(client, new SumsCall(name, amount));

    /// <summary>A caller was told the sum, or that nothing was added. A call without an end may be made.</summary>
    public void End(int amount, int? sum)
    {
        if (_told.TryGetValue(amount, out var before))
        {
            Demand(sum == before, $"one caller of {amount} was told {before}, and another one {sum}");
            return;
        }

        _open.Remove(amount, out var add);
        _told.Add(amount, sum);
        if (sum is { } known)
        {
            _history.Ok(add!, known);
            _ends.Add((Now(), add!.Input.Name, known));
        }
        else
        {
            _history.Fail(add!);
        }
    }

    /// <summary>A call of an actor with this amount has a request key, and is repeated.</summary>
    public static bool HasKey(int amount) => amount % 3 == 0;

    public void BeginAddOfActor(string name, int amount, RequestRef request)
    {
        BeginAdd(OfActors, name, amount);
        _ofActors.Add(request, amount);
        Repeatable = HasKey(amount) ? (name, amount) : Repeatable;
    }

    /// <summary>An actor repeats a call.</summary>
    public void BeginRepeat(int amount, RequestRef request)
    {
        _ofActors.Add(request, amount);
        Repeatable = null;
    }

    public void BeginReadOfActor(string name, RequestRef request) => _reads.Add(request, BeginRead(OfActors, name));

    /// <summary>An actor reads a sum that may be so old.</summary>
    public void BeginRecentReadOfActor(string name, RequestRef request, TimeSpan age)
    {
        // The clock of the node may be slow.
        const double SlowestRate = 0.9;
        var least = Now() - (age / SlowestRate);
        _floors.Add(request, _ends.Where(end => end.Name == name && end.At <= least).Select(end => end.Sum).DefaultIfEmpty().Max());
    }

    /// <summary>The end of a call of an actor.</summary>
    public void End(Outcome<int> outcome)
    {
        var amount = _ofActors[outcome.Request];
        switch (outcome)
        {
            case { Failure: null } done:
                End(amount, ResultOf(done));
                break;
            case { Failure.Kind: FailureKind.NotDone } when !HasKey(amount):
                End(amount, null);
                break;
        }
    }

    /// <summary>The end of a read of an actor.</summary>
    public void End(Outcome<object?> outcome)
    {
        var sum = outcome.ResultOr(null) as int?;
        if (_floors.Remove(outcome.Request, out var least))
        {
            Demand(sum is null || sum >= least, $"a read told {sum}, and {least} had been told earlier than its age");
        }
        else
        {
            EndRead(_reads[outcome.Request], sum);
        }
    }

    /// <summary>The groups of this workload are far too small to forget a result.</summary>
    public int ResultOf(Outcome<int> done)
    {
        const int None = -1;
        var sum = done.ResultOr(None);
        Demand(sum != None, $"the pair {done.Serial} has no result");
        return sum;
    }

    /// <summary>Whether an actor has what callers were told to be committed. A leader that was just elected may not have it yet.</summary>
    public bool AreAdded(IReadOnlyList<int> added) => _told.Where(each => each.Value is not null).All(each => added.Contains(each.Key));

    /// <summary>Compares what callers were told with what was added.</summary>
    /// <param name="added">In the order of the log.</param>
    /// <param name="isOneLog">False: the amounts are of several groups, which have no common order.</param>
    /// <exception cref="InvalidDataException">A caller was told something else.</exception>
    public void Check(IReadOnlyList<int> added, bool isOneLog = true)
    {
        HashSet<int> all = [];
        foreach (var amount in added)
        {
            Demand(all.Add(amount), $"{amount} was added twice");
            var isDenied = _told.TryGetValue(amount, out var sum) && sum is null;
            Demand(!isDenied, $"{amount} was added, and its caller was told that it is not committed");
        }

        // The history is checked name by name. The log must have the order of real time over all names.
        var began = 0;
        foreach (var add in isOneLog ? added.Select(amount => _adds[amount]) : [])
        {
            Demand(!(add.Ended < began), $"{add.Input.Amount} was added behind a call that began after its end");
            began = Math.Max(began, add.Invoked);
        }

        foreach (var (amount, told) in _told)
        {
            Demand(told is null || all.Contains(amount), $"{amount} was not added, and its caller was told that it is committed");
        }

        // Without this, a call without an end could take effect at any time, which makes the search long.
        foreach (var amount in _open.Keys.Where(amount => !all.Contains(amount)).ToList())
        {
            _open.Remove(amount, out var add);
            _history.Fail(add!);
        }

        var fault = _history.Check(new SumsModel(), PlacesMax);
        Demand(fault is not { Impossible: not null }, $"{fault}");
        if (_lie is not null)
        {
            throw new InvalidDataException(_lie);
        }
    }

    /// <summary>Fails the run at its end if a rule is broken.</summary>
    public void Demand(bool holds, string otherwise) => _lie ??= holds ? null : otherwise;

    private sealed class SumsModel : SequentialModel<int, SumsCall, int>
    {
        public override int Initial => 0;

        public override string PartitionOf(SumsCall input) => input.Name;

        public override bool IsReadOnly(SumsCall input) => input.Amount is null;

        public override bool TryStep(int state, SumsCall input, Operation<SumsCall, int> operation, out int next)
        {
            next = state + (input.Amount ?? 0);
            return operation.Allows(next);
        }
    }
}

/// <param name="Amount">Null: the sum is read.</param>
internal sealed record SumsCall(string Name, int? Amount);
