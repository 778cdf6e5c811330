using Akka.Actor;

using RaftActors.Examples;

using RaftTrials.Faults;

namespace RaftTrials.Clients;

/// <summary>The programs of users that a member can run. Creates their actors.</summary>
internal sealed class UserPrograms(string program, RaftOptions<string> options) : IIndirectActorProducer
{
    public const string Register = "register";

    /// <summary>The purse before its rule is changed.</summary>
    public const string Former = "former";

    /// <summary>The purse of docs/how-to/change-the-logic.md.</summary>
    public const string Changed = "changed";

    /// <summary>The purse with the changed rule, and without a logic version.</summary>
    public const string Careless = "careless";

    /// <summary>The latest value of each key, with snapshots.</summary>
    public const string Latest = "latest";

    /// <summary>The actor with the fault that has the name of the group.</summary>
    public const string Faulty = "faulty";

    private static readonly JsonSerializerOptions WithFields = new() { IncludeFields = true };

    public Type ActorType => typeof(ActorBase);

    /// <summary>Gives the process of a node what may differ between nodes: a setting, and the culture.</summary>
    public static void Prepare(string program, int port)
    {
        if (program == Faulty)
        {
            Environment.SetEnvironmentVariable(Limit.Variable, $"{port}");
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = port % 2 == 0 ? "." : ",";
            CultureInfo.DefaultThreadCurrentCulture = culture;
        }
    }

    public ActorBase Produce() => program switch
    {
        Register => new Register(options),
        Former => new FormerPurse(),
        Changed => new Purse(),
        Careless => new CarelessPurse(),
        Latest => new LatestValues(options),
        Faulty => Fault.All.Single(fault => fault.Name == options.Group).Create(options),
        _ => throw new ArgumentException($"There is no program '{program}'.", nameof(program)),
    };

    public void Release(ActorBase actor)
    {
    }

    private sealed class FormerPurse : RaftActor<decimal, decimal>
    {
        private decimal _balance;

        protected override decimal HandleAppend(Entry<decimal> entry) => _balance += entry.Value;

        protected override object? HandleQuery(object question) => _balance;
    }

    private sealed class CarelessPurse : RaftActor<decimal, decimal>
    {
        private decimal _balance;

        protected override decimal HandleAppend(Entry<decimal> entry) => _balance += decimal.Round(entry.Value, 2);

        protected override object? HandleQuery(object question) => _balance;
    }

    /// <summary>The result of an Append is the number of all pairs.</summary>
    private sealed class LatestValues(RaftOptions<string> options) : RaftActor<string, long>(options), IRaftSnapshot<string>
    {
        private Dictionary<string, string> _values = [];
        private long _count;

        public string TakeSnapshot(Serial serial) => JsonSerializer.Serialize((_count, _values), WithFields);

        public void RestoreSnapshot(Serial serial, string state) =>
            (_count, _values) = JsonSerializer.Deserialize<(long, Dictionary<string, string>)>(state, WithFields);

        protected override long HandleAppend(Entry<string> entry)
        {
            _values[entry.Key] = entry.Value;
            return ++_count;
        }

        protected override object? HandleQuery(object key) => _values.GetValueOrDefault((string)key);
    }
}
