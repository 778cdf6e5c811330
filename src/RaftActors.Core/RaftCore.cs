using System.Collections.Immutable;
using System.Diagnostics;

namespace RaftActors.Core;

/// <summary>
/// Raft for one process of one group. Takes an input, changes its own state, returns effects; does no I/O, knows no time, owns no thread.
/// The same options, initial state and inputs give the same effects, byte for byte. Not thread-safe: one caller at a time.
/// </summary>
/// <remarks>
/// The parts, in the order in which a group meets them: Door (who is talking), Greetings, Founding, Election, Voting, Following, Leading,
/// Replication, Commitment, Membership; and Persistence, Views and Ticks beside them.
/// </remarks>
public sealed partial class RaftCore
{
    private readonly RaftLog _log;
    private readonly ConfigurationHistory _configurations;
    private readonly Prng _prng;
    private readonly ImmutableArray<Effect>.Builder _effects = ImmutableArray.CreateBuilder<Effect>();

    /// <summary>All of the founding roster but this process, by name.</summary>
    private readonly ImmutableArray<Peer> _peers;

    private Role _role = new FollowerRole(null, default);

    /// <summary>Starts from what the store gave back.</summary>
    /// <exception cref="ArgumentException">The options contradict themselves or the state.</exception>
    public RaftCore(CoreOptions options, InitialState initial)
    {
        options.Check();
        Options = options;
        _prng = new Prng(options.Seed);
        _log = new RaftLog(initial.Log);
        _hardState = initial.HardState;
        _peers = [.. options.Roster.Where(name => name != options.Self.Name).Order().Select(name => new Peer(name))];
        _configurations = new ConfigurationHistory(FoundingConfiguration.OfAll(options.Roster, options.Self, _hardState.Recorded));
        foreach (var entry in initial.Log)
        {
            _configurations.Append(entry);
        }

        if (_hardState.Term < _log.LastPosition.Term)
        {
            throw new ArgumentException(
                $"The log has reached term {_log.LastPosition.Term}, but the term kept is {_hardState.Term}; the store is damaged.",
                nameof(initial));
        }

        ConsiderAdmission();
        ResetElectionTimer();
    }

    /// <summary>What the core was told at its start.</summary>
    public CoreOptions Options { get; }

    /// <summary>The role of this process.</summary>
    public RoleKind Role => _role.Kind;

    /// <summary>The current term (§5.1).</summary>
    public Term Term => _hardState.Term;

    /// <summary>The leader of the current term, where known.</summary>
    public Member? Leader => _role switch
    {
        LeaderRole => Self,
        FollowerRole follower => follower.Leader,
        _ => null,
    };

    /// <summary>The end of the log, durable or not.</summary>
    public LogPosition LastPosition => _log.LastPosition;

    /// <summary>Everything up to here is committed, as far as this process knows.</summary>
    public LogIndex CommitIndex { get; private set; }

    /// <summary>The configuration in force: the latest in the log, or the founding roster.</summary>
    public Configuration Configuration => _configurations.Latest;

    /// <summary>Whether this incarnation may vote and campaign.</summary>
    public bool IsAdmitted => _hardState.IsAdmitted;

    private Member Self => Options.Self;

    /// <summary>
    /// Entries of the log from an index on, at most so many; committed up to <see cref="CommitIndex"/>, and what is beyond may still be
    /// replaced.
    /// </summary>
    public ImmutableArray<LogEntry> Read(LogIndex first, int limit) => _log.From(first, limit);

    /// <summary>Takes one input; the effects are to be carried out in order before the next step.</summary>
    /// <exception cref="InvariantException">A claim that everything here is built on does not hold. The core is not to be used any
    /// more.</exception>
    public ImmutableArray<Effect> Step(Input input)
    {
        switch (input)
        {
            case Input.Tick:
                OnTick();
                break;
            case Input.Receive(var envelope):
                OnReceive(envelope);
                break;
            case Input.Propose(var pairs):
                OnPropose(pairs);
                break;
            case Input.Persisted(var ticket):
                OnPersisted(ticket);
                break;
            case Input.PeerReachable(var name):
                OnPeerReachable(name);
                break;
            case Input.PeerUnreachable(var name):
                OnPeerUnreachable(name);
                break;
            default:
                throw new UnreachableException();
        }

        PersistChanges();
        AnnounceViews();
        return _effects.DrainToImmutable();
    }

    private Peer? PeerOf(ProcessName name) => _peers.FirstOrDefault(peer => peer.Name == name);
}
