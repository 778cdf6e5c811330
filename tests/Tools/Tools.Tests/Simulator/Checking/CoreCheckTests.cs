using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Simulator.Tests.Checking;

/// <summary>What single processes do, and what of it the checkers of the simulation of Core reject.</summary>
public sealed partial class CoreCheckTests
{
    private static readonly ImmutableArray<ProcessName> Names = [new("r1@n1"), new("r2@n2"), new("r3@n3")];

    private readonly List<SimulatedProcess> _processes = [.. Enumerable.Range(0, 3).Select(number => Process(number, Names))];
    private readonly Ledger _ledger = new();
    private readonly Entitlement _entitlement;

    public CoreCheckTests()
    {
        _entitlement = new Entitlement(_ledger, _processes, _processes.Count);
        _processes.ForEach(process => process.Start(seed: 1));
    }

    [Fact]
    public void Candidate_that_has_not_voted_for_itself_is_rejected()
    {
        Admit();
        Persist(0, new HardState(new Term(4), _processes[1].Member, []));

        var request = Send(0, 1, term: 4, new Message.RequestVote(default, IsPreVote: false));
        Rejects("vote", () => new VoteChecker(_entitlement).OnSend(_processes[0], request));
    }

    [Fact]
    public void Acknowledgement_of_another_entry_than_the_one_on_its_disk_is_rejected()
    {
        Write(0, Entry(1, term: 0, 1), onDisk: true);
        _processes[0].Log.Change(Entry(1, term: 0, 2));

        Rejects("acknowledgement", () => AcknowledgementChecker.OnSend(_processes[0], Accepted(0, match: 1, term: 0)));
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1, 1)]
    public void Two_entries_of_one_index_and_term_are_rejected(long value, long termBefore)
    {
        LogMatchingChecker matching = new(new DamageBook());
        foreach (var (number, before, written) in new[] { (0, 0L, 1L), (1, 0L, 1L), (2, termBefore, value) })
        {
            LogEntry[] entries = [Entry(1, before, 0), Entry(2, term: 2, written)];
            _processes[number].Log.Write([.. entries]);
            if (number < 2)
            {
                matching.OnWritten(_processes[number], [entries[1]]);
            }
        }

        Rejects("log matching", () => matching.OnWritten(_processes[2], [_processes[2].Log[2]]));
        Rejects("log matching", () => matching.OnStart(_processes[2]));
    }

    [Fact]
    public void Serial_with_a_gap_is_rejected() =>
        Rejects("serials", () => _ledger.Give(_processes[0], Entry(1, term: 1, 1) with { Serial = new Serial(2) }));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Delivery_that_repeats_or_leaves_out_an_entry_is_rejected(long given)
    {
        _processes[0].Given = given;
        DeliveryChecker delivery = new(_ledger, _processes, _entitlement);

        Rejects("delivery", () => delivery.OnCommit(_processes[0], Entry(2, term: 1, 1), Voters()));
    }

    private static SimulatedProcess Process(int number, ImmutableArray<ProcessName> roster) => new(
        number,
        new CoreOptions
        {
            Self = new Member(Names[number], SimulatedProcess.IncarnationOf(number, 1)),
            Roster = roster,
            FoundingUid = new GroupUid(new Guid(number + 1, 0, 0, new byte[8])),
            Seed = 1,
        },
        [],
        rate: 1000,
        origin: 0);

    private static LogEntry Entry(long index, long term, long value, RequestId? request = null) =>
        new(new LogIndex(index), new Term(term), new Serial(index), request, KeyValueState.KeyName(0), BitConverter.GetBytes(value));

    private static void Rejects(string checker, Action act) => Assert.Equal(checker, Assert.Throws<Violation>(act).Checker);

    // The disks of the others were lost, and may have recorded it.
    private void Admit()
    {
        for (var number = 0; number < _processes.Count; number++)
        {
            _entitlement.Forget(number);
        }
    }

    private Configuration Voters() => new(
        new GroupUid(Guid.Empty), 3, [.. _processes.Select(process => process.Member)], [], [], []);

    private void Persist(int number, HardState state) => Write(number, new Effect.Persist(default, state, default));

    private void Write(int number, LogEntry entry, bool onDisk)
    {
        _processes[number].Log.Write([entry]);
        if (onDisk)
        {
            Write(number, new Effect.Persist(default, null, [entry]));
        }
    }

    private void Write(int number, Effect write) => Write(_processes[number], write);

    private static void Write(SimulatedProcess process, Effect write)
    {
        process.Disk.Write(write);
        Assert.Single(process.Disk.Finish(new Prng(1)));
    }

    private Envelope Accepted(int from, long match, long term) =>
        Send(from, 1, term, new Message.AppendEntriesReply(true, new LogIndex(match), default, IsAdmitted: true));

    private Envelope Send(int from, int to, long term, Message body) =>
        new(_processes[from].Member, _processes[to].Member, default, new Term(term), default, body);
}
