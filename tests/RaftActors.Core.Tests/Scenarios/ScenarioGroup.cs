using System.Text.RegularExpressions;
using RaftActors.Simulator;

namespace RaftActors.Core.Tests.Scenarios;

/// <summary>The processes of one scenario, the messages between them, and the output.</summary>
internal sealed partial class ScenarioGroup
{
    private readonly SortedDictionary<string, SimulatedProcess> _processes = [];
    private readonly StringBuilder _output = new();

    public enum Detail
    {
        Nothing,

        /// <summary>Effects that operators and actors see.</summary>
        Views,

        /// <summary>Also messages, writes and ends of watches, except greetings.</summary>
        Messages,
        All,
    }

    public Detail Show { get; set; } = Detail.Views;

    /// <summary>Whether the leader's reasons for a configuration are shown.</summary>
    public bool ShowsDecisions { get; set; }

    /// <summary>Messages under way, oldest first.</summary>
    public List<Envelope> Network { get; } = [];

    /// <summary>Sets of connected processes; two without a common set are not connected. Empty: all are connected.</summary>
    public List<HashSet<string>> Parts { get; } = [];

    /// <summary>Processes that receive no message, though the others receive theirs.</summary>
    public HashSet<string> Deaf { get; } = [];

    /// <summary>Links whose messages are lost, from the first process to the second.</summary>
    public HashSet<(string From, string To)> Cut { get; } = [];

    /// <summary>Processes whose writes stay under way until <c>persist</c> or <c>fast-disk</c>.</summary>
    public HashSet<string> SlowDisks { get; } = [];

    /// <summary>Messages of these types stay under way until <c>deliver</c> names them or <c>release</c>.</summary>
    public HashSet<string> Held { get; } = [];

    public IEnumerable<SimulatedProcess> Running => _processes.Values.Where(process => process.IsRunning);

    public SimulatedProcess this[string name] => _processes[name];

    public static ProcessName Named(string name) => new($"{name}@x");

    /// <summary>The uuid that the n-th process mints at a founding; 0: a group founded before the scenario.</summary>
    public static GroupUid GroupOf(int number) => new(new Guid(0x0F000000 + number, 0, 0, new byte[8]));

    public void Add(SimulatedProcess process)
    {
        _processes.Add(process.Name.Process, process);
        process.Did += OnEffect;
    }

    public void Heal()
    {
        Parts.Clear();
        Deaf.Clear();
        Cut.Clear();
    }

    public void Say(string line) => _output.Append(line).Append('\n');

    /// <summary>
    /// Returns the output since the last call. Names are shortened; the second incarnation of raft1 is <c>raft1'2</c>.
    /// </summary>
    public string TakeOutput()
    {
        var text = MemberPattern().Replace(_output.ToString(), match => match.Groups["incarnation"].Value switch
        {
            "" => match.Groups["name"].Value,
            "?" => match.Groups["name"].Value + "?",
            var number when int.Parse(number) == 1 => match.Groups["name"].Value,
            var number => $"{match.Groups["name"].Value}'{int.Parse(number)}",
        });
        _output.Clear();
        text = GroupPattern().Replace(text, match => $"g{int.Parse(match.Groups["number"].Value)}");
        return IncarnationPattern().Replace(text, match => $"life {int.Parse(match.Value)}");
    }

    public void Deliver(Envelope envelope)
    {
        Network.Remove(envelope);
        var name = envelope.To.Name.Process;
        if (Deaf.Contains(name) || !AreConnected(envelope.From.Name.Process, name) || !_processes.TryGetValue(name, out var to))
        {
            return;
        }

        if (to.IsRunning && IsShown(envelope))
        {
            Say($"{to.Name} <- {envelope.From} {Describe.Of(envelope.Body)}");
        }

        if (OldProgram.CanRead(to.Options.Version.Format, envelope.Body))
        {
            to.Step(new Input.Receive(envelope));
        }
        else if (Show >= Detail.Views)
        {
            Say($"{to.Name} cannot read it");
        }
    }

    /// <summary>Finishes writes and delivers messages until none is under way or the condition holds.</summary>
    public void Stabilize(Func<bool> isReached)
    {
        for (var rounds = 0; rounds < 100_000; rounds++)
        {
            if (isReached())
            {
                return;
            }

            if (Running.FirstOrDefault(process => process.HasWrites && !SlowDisks.Contains(process.Name.Process)) is { } writer)
            {
                writer.FinishOneWrite();
            }
            else if (Network.Find(envelope => !Held.Contains(envelope.Body.GetType().Name)) is { } envelope)
            {
                Deliver(envelope);
            }
            else
            {
                return;
            }
        }

        throw new InvalidOperationException("The group does not come to rest within 100,000 deliveries and writes.");
    }

    public void SayLog(SimulatedProcess process)
    {
        var core = process.Core!;
        Say($"{process.Name} committed {core.CommitIndex} of {core.LastPosition.Index}");
        foreach (var entry in process.Log)
        {
            Say($"  {entry}");
        }
    }

    public void SayStatus()
    {
        foreach (var process in _processes.Values)
        {
            Say(process.Core is not { } core
                ? $"{process.Name} stopped"
                : $"{process.Name} {core.Role} term {core.Term}, leader {core.Leader?.ToString() ?? "unknown"}, "
                    + (core.Base.Index > LogIndex.Zero ? $"base {core.Base}, " : "")
                    + $"last {core.LastPosition}, commit {core.CommitIndex}, "
                    + $"{(core.Fence is not null ? "fenced" : core.IsAdmitted ? "may vote" : "may not vote")}, {core.Configuration}");
        }
    }

    private void OnEffect(SimulatedProcess process, Effect effect)
    {
        if (effect is Effect.Send(var envelope))
        {
            Network.Add(envelope);
        }

        var isShown = effect switch
        {
            Effect.Send(var sent) => IsShown(sent),
            Effect.Persist or Effect.StoreChunk or Effect.Unwatched => Show >= Detail.Messages,
            Effect.PeerMet => Show == Detail.All,
            Effect.MembersDecided => ShowsDecisions && Show >= Detail.Views,
            _ => Show >= Detail.Views,
        };
        if (isShown)
        {
            Say($"{process.Name} {Describe.Of(effect)}");
        }
    }

    private bool IsShown(Envelope envelope) => Show == Detail.All || (Show == Detail.Messages && envelope.Body is not Message.Greeting);

    private bool AreConnected(string one, string other) =>
        !Cut.Contains((one, other)) && (Parts.Count == 0 || Parts.Any(part => part.Contains(one) && part.Contains(other)));

    [GeneratedRegex(@"(?<name>\w+)@x(#(?<incarnation>\d{8}|\?))?")]
    private static partial Regex MemberPattern();

    [GeneratedRegex(@"\b0f0000(?<number>\d\d)\b")]
    private static partial Regex GroupPattern();

    [GeneratedRegex(@"\b000000\d\d\b")]
    private static partial Regex IncarnationPattern();
}
