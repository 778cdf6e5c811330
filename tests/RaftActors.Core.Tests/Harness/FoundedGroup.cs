using System.Collections.Immutable;
using System.Text;

namespace RaftActors.Core.Tests.Harness;

/// <summary>Stores and processes of a group that was founded before the test begins.</summary>
internal static class FoundedGroup
{
    /// <summary>
    /// Returns the state of a store with a log of these terms: first the configuration, then pairs. All processes run in their first
    /// incarnation, may vote, and have recorded these boots of one another.
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
        var configuration = new Configuration(group, size, members[..size], [], members[size..], []) { MaxQuorum = maxQuorum };
        var recorded = members.Select((member, i) => new PeerRecord(member, bootOf?.Invoke(i) ?? default));
        var state = new HardState(new Term(Math.Max(term, terms[^1])), null, [.. recorded]) { IsAdmitted = true, Group = group };
        Payload PayloadAt(int i) => i == 0 ? new Payload.Reconfigure(configuration) : Pair(terms[i], i);
        return new InitialState(state, [.. terms.Select((one, i) => Entry(i + 1, one, PayloadAt(i)))]);
    }

    /// <summary>Returns the leader of a group of one.</summary>
    public static SimulatedProcess Alone(int retainedEntries = 1000, SessionBounds? sessions = null, long logMemory = 64 << 20)
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
            LogMemoryBytes = logMemory,
            MaxEntriesPerMessage = 3,
        };
        var process = new SimulatedProcess(options, State([name], 3, group, [1]), InitialState.Empty);
        process.Start();
        while (process.Core is not { Role: RaftRole.Leader })
        {
            process.Step(Input.Tick.Instance);
            while (process.HasWrites)
            {
                process.FinishOneWrite();
            }
        }

        return process;
    }

    /// <summary>Returns an entry of such a log. Its serial is one less than its index.</summary>
    public static LogEntry Entry(long index, long term, Payload payload) =>
        new(new LogIndex(index), new Term(term), new Serial(index - 1), payload);

    /// <summary>Returns the pair with this term and serial.</summary>
    public static Payload.Pair Pair(long term, long serial) => new(null, $"t{term}", Encoding.UTF8.GetBytes($"{serial}"));
}
