using System.Collections.Immutable;
using System.Text;

namespace RaftActors.Core.Tests.Harness;

/// <summary>What the store of a process holds whose group was founded before the test began.</summary>
internal static class FoundedGroup
{
    /// <summary>
    /// A log of these terms: first the configuration, then pairs. All processes are in their first life and may vote, and have heard of
    /// these starts of one another.
    /// </summary>
    public static InitialState State(
        ImmutableArray<ProcessName> roster,
        int maxQuorum,
        GroupUid group,
        long[] terms,
        long term = 0,
        Func<int, Boot>? bootOf = null)
    {
        ImmutableArray<Member> members = [.. roster.Select(name => new Member(name, SimulatedProcess.IncarnationOf(1)))];
        var size = QuorumSize.For(members.Length, maxQuorum);
        var configuration = new Configuration(group, size, members[..size], [], members[size..], []);
        var recorded = members.Select((member, i) => new PeerRecord(member, bootOf?.Invoke(i) ?? default));
        var state = new HardState(new Term(Math.Max(term, terms[^1])), null, [.. recorded]) { IsAdmitted = true, Group = group };
        Payload PayloadAt(int i) => i == 0 ? new Payload.Reconfigure(configuration) : Pair(terms[i], i);
        return new InitialState(state, [.. terms.Select((one, i) => Entry(i + 1, one, PayloadAt(i)))]);
    }

    /// <summary>A process that is a whole group and leads it.</summary>
    public static SimulatedProcess Alone(int retainedEntries = 1000, SessionBounds? sessions = null)
    {
        var (name, group) = (new ProcessName("alone@x"), new GroupUid(new Guid(1, 0, 0, new byte[8])));
        var options = new CoreOptions
        {
            Self = new Member(name, SimulatedProcess.IncarnationOf(1)),
            Roster = [name],
            FoundingUid = group,
            Seed = 1,
            RetainedEntries = retainedEntries,
            Sessions = sessions ?? new SessionBounds(),
        };
        var process = new SimulatedProcess(options, State([name], 3, group, [1]), InitialState.Empty);
        process.Start();
        while (process.Core is not { Role: RoleKind.Leader })
        {
            process.Step(Input.Tick.Instance);
            while (process.HasWrites)
            {
                process.FinishOneWrite();
            }
        }

        return process;
    }

    /// <summary>An entry of such a log: its serial is one less than its index.</summary>
    public static LogEntry Entry(long index, long term, Payload payload) =>
        new(new LogIndex(index), new Term(term), new Serial(index - 1), payload);

    /// <summary>The pair that stands at such a place.</summary>
    public static Payload.Pair Pair(long term, long serial) => new(null, $"t{term}", Encoding.UTF8.GetBytes($"{serial}"));
}
