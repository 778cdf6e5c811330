using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Testing.History;

namespace RaftActors.Simulator.Tests.Checking;

/// <content>Leaders, memberships, and the requests that a group remembers.</content>
public sealed partial class CoreCheckTests
{
    private static readonly KeyOperation Put = new(0, IsPut: true, 1);
    private static readonly SessionBounds Few = new(MaxOrigins: 1, MaxRequests: 1, MaxKeys: 1);

    private readonly ConfigurationChecker _configurations = new();

    private readonly DamageBook _damage = new();

    private VoteChecker Votes => field ??= new VoteChecker(_entitlement);

    private LeaderChecker Leaders => field ??= new LeaderChecker(_ledger, Votes, _damage);

    [Fact]
    public void Second_leader_of_a_term_is_rejected()
    {
        var (first, second) = (Elected(0), Elected(1));
        Assert.Equal(first.Core!.Term, second.Core!.Term);
        Leaders.OnStepped(first, first.Core.Configuration);
        Leaders.OnStepped(first, first.Core.Configuration);

        Rejects("leader", () => Leaders.OnStepped(second, second.Core.Configuration));
    }

    [Fact]
    public void Leader_without_the_votes_of_a_majority_is_rejected()
    {
        var leader = Elected(0);
        Rejects("leader", () => new LeaderChecker(_ledger, Votes, _damage).OnStepped(leader, Voters()));

        Admit();
        Persist(1, new HardState(leader.Core!.Term, leader.Member, []));
        Votes.OnSend(_processes[1], Vote(1, 0, leader.Core.Term.Value));
        new LeaderChecker(_ledger, Votes, _damage).OnStepped(leader, Voters());

        Write(leader, new Effect.Persist(default, new HardState(leader.Core.Term.Next, null, []), default));
        Rejects("leader", () => Leaders.OnStepped(leader, Voters()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Leader_that_lacks_an_entry_of_an_earlier_term_is_rejected(int lacked)
    {
        var leader = Elected(0);
        for (var index = 1; index <= leader.Log.Last + lacked; index++)
        {
            // The last of them differs from the entry of the leader, or comes after its log.
            var isLast = index == leader.Log.Last + lacked;
            _ledger.Give(_processes[1], isLast ? After(_ledger) : leader.Log[index]);
        }

        Rejects("leader", () => new LeaderChecker(_ledger, Votes, _damage).OnStepped(leader, leader.Core!.Configuration));

        _damage.Add(leader, leader.Log[1]);
        Leaders.OnStepped(leader, leader.Core!.Configuration);
    }

    [Fact]
    public void Voter_that_lacks_entries_which_the_leader_had_committed_is_rejected()
    {
        var leader = Elected(0);
        ExchangeChecker exchanges = new(_processes);
        var one = leader.Core!.Configuration;
        var joint = one with { Voters = [leader.Member, _processes[1].Member], OldVoters = one.Voters };
        exchanges.OnDecided(leader, joint);
        for (var tick = 0; tick <= leader.Options.HeartbeatTicks; tick++)
        {
            leader.Ticked();
        }

        exchanges.OnDecided(leader, joint with { OldVoters = [] });
        Rejects("exchange", () => exchanges.OnDecided(leader, joint));

        exchanges.Forgive(_processes[1].Member);
        exchanges.OnDecided(leader, joint);
    }

    [Fact]
    public void Key_that_is_committed_again_is_rejected()
    {
        var (dated, undated) = (Keyed(1, since: Serial.Zero), Keyed(2, since: null));
        Rejects("keys", () => Commit(new KeyChecker(_ledger, Few), undated, undated));
        Rejects("keys", () => Commit(new KeyChecker(_ledger, Few), dated, undated, dated));

        Commit(new KeyChecker(_ledger, Few), undated, dated, undated);
    }

    [Fact]
    public void Place_that_does_not_hold_the_key_of_its_request_is_rejected()
    {
        var pair = Keyed(1, since: null);
        var entry = Entry(1, term: 0, 1) with { Payload = pair };
        Effect.Repeated repeated = new(pair.Request!.Value, entry.Index, entry.Serial);
        KeyChecker.OnRepeated(_processes[0], pair.RequestKey, repeated, entry);

        Rejects("keys", () => KeyChecker.OnRepeated(_processes[0], pair.RequestKey, repeated, Entry(1, term: 0, 1)));
        Rejects("keys", () => KeyChecker.OnRepeated(_processes[0], Keyed(2, since: null).RequestKey, repeated, entry));
        Rejects("keys", () => KeyChecker.OnRepeated(_processes[0], pair.RequestKey, repeated with { Serial = new Serial(2) }, entry));
    }

    [Fact]
    public void Refusal_of_a_request_whose_key_is_remembered_is_rejected()
    {
        var leader = Elected(0);
        KeyChecker keys = new(_ledger, Few);
        ClientRequest Request(Payload.KeyedPair pair, Serial? since) =>
            new(pair, new OperationHistory<KeyOperation, long>().Invoke(1, Put), since);
        Assert.True(keys.MayHaveForgotten(leader, Request(Keyed(1, since: null), since: null)));
        while (_ledger.Count < leader.Core!.CommitIndex.Value)
        {
            _ledger.Give(_processes[1], After(_ledger) with { Payload = Keyed(_ledger.Count + 1, since: null) });
        }

        var last = Keyed(_ledger.Count, since: null);
        Rejects("keys", () => keys.MayHaveForgotten(leader, Request(last, since: null)));
        Assert.False(keys.MayHaveForgotten(leader, Request(Keyed(100, since: null), _ledger[_ledger.Count].Serial)));
    }

    [Fact]
    public void Snapshot_with_other_keys_or_sessions_than_those_of_its_index_is_rejected()
    {
        var pair = Keyed(1, since: null);
        _ledger.Give(_processes[0], After(_ledger) with { Payload = pair });
        var request = pair.Request!.Value;
        Snapshot snapshot = new(
            new LogPosition(new LogIndex(1), Term.Zero, new Serial(1), 0),
            new LogIndex(1),
            Voters(),
            [new SessionState(request.Origin, 0, [new AnsweredRequest(request.Number, new LogIndex(1), new Serial(1))])],
            Length: 0)
        {
            Keys = new KeyTable(Serial.Zero, [new CommittedKey(pair.RequestKey, new LogIndex(1), new Serial(1))]),
        };
        var (keys, sessions) = (new KeyChecker(_ledger, Few), new SessionChecker(_ledger, Few));
        keys.OnSnapshot(_processes[0], snapshot);
        sessions.OnSnapshot(_processes[0], snapshot);

        Rejects("keys", () => keys.OnSnapshot(_processes[0], snapshot with { Keys = KeyTable.Empty }));
        Rejects("sessions", () => sessions.OnSnapshot(_processes[0], snapshot with { Sessions = [] }));
    }

    [Fact]
    public void Refusal_of_a_request_that_was_not_forgotten_is_rejected()
    {
        var leader = Elected(0);
        SessionChecker sessions = new(_ledger, Few);
        RequestId Request(int number) => new(_processes[2].Member, number);
        sessions.OnExpired(leader, Request(1));
        while (_ledger.Count < leader.Core!.CommitIndex.Value)
        {
            _ledger.Give(_processes[1], Entry(_ledger.Count + 1, term: 0, 1, Request(_ledger.Count + 10)));
        }

        sessions.OnExpired(leader, new RequestId(_processes[1].Member, 1));
        Rejects("sessions", () => sessions.OnExpired(leader, Request(_ledger.Count + 9)));
        Rejects("sessions", () => sessions.OnExpired(leader, Request(_ledger.Count + 10)));
    }

    [Fact]
    public void Configuration_against_the_rules_of_a_change_is_rejected()
    {
        var founded = Voters() with { MaxQuorum = 5 };
        Reconfigures(founded, founded);
        Refuses(founded with { Size = 1 });
        Refuses(founded with { Size = 7 });
        Refuses(founded with { Voters = [.. founded.Voters.Take(2), founded.Voters[0]] });
        Refuses(founded with { OldVoters = [founded.Voters[0], founded.Voters[0]] });
        Refuses(founded with { MaxQuorum = 7 });
        Refuses(founded with { Version = new GroupVersion(2, 1) });
        Refuses(founded with { Voters = [founded.Voters[0]] });

        _configurations.OnAsked(7);
        _configurations.OnRaiseAsked();
        Reconfigures(founded, founded with { MaxQuorum = 7 });
        Reconfigures(founded, founded with { Version = new GroupVersion(2, 1) });
        Refuses(founded with { Version = new GroupVersion(byte.MaxValue, 1) });
        Rejects("membership", () => Reconfigures(founded with { Version = new GroupVersion(2, 1) }, founded));

        void Refuses(Configuration next) => Rejects("membership", () => Reconfigures(founded, next));
    }

    [Fact]
    public void Change_before_the_former_one_and_an_own_entry_are_committed_is_rejected()
    {
        var leader = Elected(0);
        var next = new Payload.Reconfigure(leader.Core!.Configuration);
        var entry = new LogEntry(new LogIndex(leader.Log.Last + 1), leader.Core.Term, Serial.Zero, next);
        leader.Log.Write([entry]);
        _configurations.OnWritten(leader, [entry]);

        var second = entry with { Index = entry.Index.Next };
        leader.Log.Write([second]);
        Rejects("membership", () => _configurations.OnWritten(leader, [second]));

        var committed = leader.Core.CommitIndex.Value;
        leader.Log.Change(entry with { Payload = Payload.NoOp.Instance });
        leader.Log.Change(leader.Log[committed] with { Term = Term.Zero });
        Rejects("membership", () => _configurations.OnWritten(leader, [second]));
    }

    [Fact]
    public void Process_that_does_not_use_the_latest_configuration_of_its_log_is_rejected()
    {
        var leader = Elected(0);
        ConfigurationChecker.CheckInForce(leader, leader.Log.All());

        var other = new Payload.Reconfigure(Voters());
        LogEntry entry = new(new LogIndex(leader.Log.Last + 1), leader.Core!.Term, Serial.Zero, other);
        leader.Log.Write([entry]);
        Rejects("membership", () => ConfigurationChecker.CheckInForce(leader, [entry]));
    }

    // The number tells two pairs apart.
    private Payload.KeyedPair Keyed(int number, Serial? since)
    {
        var operation = KeyedOperation.Begin(number, Put, since);
        return new(operation.Key, new RequestId(_processes[2].Member, number), KeyValueState.KeyName(0), new byte[sizeof(long)]);
    }

    private static LogEntry After(Ledger ledger) =>
        Entry(ledger.Count + 1, term: 0, 1) with { Serial = ledger.Count == 0 ? new Serial(1) : ledger[ledger.Count].Serial.Next };

    private static void Commit(KeyChecker keys, params ReadOnlySpan<Payload.KeyedPair> pairs)
    {
        for (var index = 1; index <= pairs.Length; index++)
        {
            keys.OnCommitted(Entry(index, term: 0, 1) with { Payload = pairs[index - 1] });
        }
    }

    private void Reconfigures(Configuration before, Configuration next)
    {
        LogEntry[] entries = [Of(1, before), Of(2, next)];
        _processes[0].Log.Load([.. entries]);
        _configurations.OnWritten(_processes[0], [entries[1]]);

        static LogEntry Of(int index, Configuration configuration) =>
            new(new LogIndex(index), Term.Zero, Serial.Zero, new Payload.Reconfigure(configuration));
    }

    // The leader of a group of its own, so that it needs no messages.
    private static SimulatedProcess Elected(int number)
    {
        var process = Process(number, [Names[number]]);
        process.Start(seed: 1);
        while (process.Core!.Role != RaftRole.Leader || process.Core.CommitIndex < process.Core.LastPosition.Index)
        {
            Step(process, Input.Tick.Instance);
        }

        return process;
    }

    private static void Step(SimulatedProcess process, Input input)
    {
        foreach (var persist in process.Core!.Step(input).OfType<Effect.Persist>())
        {
            process.Log.Write(persist.Entries);
            Write(process, persist);
            Step(process, new Input.Persisted(persist.Ticket));
        }
    }
}
