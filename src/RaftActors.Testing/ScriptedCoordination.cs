using Akka.Actor;
using Akka.Event;

using RaftActors.Coordination;
using RaftActors.Coordination.Group;
using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.Settings;
using RaftActors.Coordination.State;

namespace RaftActors.Testing;

/// <summary>
/// A coordination group in memory, for tests of code that uses <see cref="RaftCoordination"/>. Locks, items and watches follow the rules of
/// a real group, and each call is answered at once. The test plays the other programs, ends sessions, and makes the group unreachable. It
/// needs no nodes and no network. Thread-safe.
/// </summary>
public sealed class ScriptedCoordination
{
    private const string Group = "coordination";

    private readonly System.Threading.Lock _lock = new();

    // One for each program, because a program disposes its own. All have the same pairs.
    private readonly List<ScriptedClient<Command, Answer>> _clients = [];
    private readonly ScriptedReminders _reminders;
    private readonly TimeProvider _time;
    private readonly Replica _replica;
    private long _committed;

    /// <param name="time">Times sessions and items. By default the clock of the system.</param>
    public ScriptedCoordination(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _reminders = new ScriptedReminders(_time, _lock);
        _replica = new Replica(Remind);
    }

    /// <summary>
    /// False: the group has no quorum. No call is answered, and programs lose their sessions 2.7 s after the latest renewal.
    /// Default: true.
    /// </summary>
    public bool IsReachable { get; set; } = true;

    /// <summary>Another program of the group, with a session of its own.</summary>
    /// <param name="name">Names the program in what others read of it.</param>
    public RaftCoordination NewProgram(string name) => NewProgram(name, "scripted", NewClient(), NoLogger.Instance);

    /// <summary>
    /// Makes an actor system a program of the group: <see cref="RaftCoordination.Get"/> returns it, and the leases of singletons and shards
    /// use it. Call it before anything asks the system for its coordination.
    /// </summary>
    /// <param name="system">The actor system.</param>
    /// <exception cref="InvalidOperationException">The system has another coordination already.</exception>
    public RaftCoordination AddTo(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var client = NewClient();
        var program = NewProgram(system.Name, system.Name, client, Logging.GetLogger(system, typeof(RaftCoordination)));
        system.RegisterOnTermination(() => client.DisposeAsync().AsTask());
        system.Settings.InjectTopLevelFallback(RaftCoordination.DefaultConfig());
        return ReferenceEquals(system.RegisterExtension(new Provider(program)), program)
            ? program
            : throw new InvalidOperationException(
                $"The actor system {system.Name} has a coordination already. Add the scripted one as the first thing.");
    }

    /// <summary>
    /// Ends the session of a program, as if it had stood still for longer than the session's timeout: it loses all locks, then others get
    /// them, and its items of the session go. Its next need opens another session.
    /// </summary>
    /// <param name="program">A program of this group.</param>
    public void EndSession(RaftCoordination program)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (program.Sessions.Current is { IsAlive: true } session)
        {
            session.Lose();
            Apply(program.Sessions.Owner, new Command.Close(session.Id));
        }
    }

    private ScriptedClient<Command, Answer> NewClient()
    {
        lock (_lock)
        {
            ScriptedClient<Command, Answer> client = new(Group)
            {
                OnAppend = (name, command, _) => Append(name, command),
                OnQueryAt = Ask,
            };
            for (var serial = 0; serial < _committed; serial++)
            {
                // Justification: nothing reads the value of the pair.
                client.Commit("", null!);
            }

            _clients.Add(client);
            return client;
        }
    }

    private RaftCoordination NewProgram(string name, string system, ScriptedClient<Command, Answer> client, ILoggingAdapter log)
    {
        var defaults = CoordinationSettings.Defaults.GetConfig("raft-coordination");
        CoordinationSettings settings = new(
            Group,
            [],
            name,
            defaults.GetTimeSpan("session-timeout"),
            defaults.GetTimeSpan("renew-interval"),
            defaults.GetDouble("clock-drift"));
        CoordinationCalls calls = new(client, _time) { Timeouts = CallTimeouts.Read(Raft.DefaultConfig(), Group) };
        return new RaftCoordination(calls, settings, leaseTimeout: null, system, _time, log);
    }

    private Outcome<Answer> Append(string name, Command command) => IsReachable
        ? Apply(name, command)
        : RaftFailure.NotDone(FailureReason.NoLeader, "The test has made the group unreachable.").ToOutcome<Answer>();

    private Outcome<Answer> Apply(string name, Command command)
    {
        lock (_lock)
        {
            // A call that waits for the pair asks when the lock is free.
            var serial = Commit(name, command);
            return new Outcome<Answer> { Serial = serial, Result = _replica.Apply(name, command, serial.Value) };
        }
    }

    private (object? Answer, Serial Serial) Ask(object question)
    {
        if (!IsReachable)
        {
            throw RaftException.Unavailable("The test has made the group unreachable.");
        }

        lock (_lock)
        {
            var asked = CoordinationJson.ToQuestion(question);
            var answer = asked is Question.OfOverview overview
                ? CoordinationJson.ToBytes(_replica.Describe(Group, overview, new Dictionary<string, TimeSpan>()))
                : CoordinationJson.ToBytes(_replica.State.Answer(asked));
            return (answer, new Serial(_replica.Serial));
        }
    }

    // Under the lock.
    private Serial Commit(string name, Command command)
    {
        _clients.ForEach(client => client.Commit(name, command));
        return new Serial(++_committed);
    }

    // Under the lock.
    private void Remind(string name, TimeSpan? after)
    {
        if (after is { } time)
        {
            // Justification: nothing reads the value of the pair.
            _reminders.Set(name, time, () => _replica.Expire(name, Commit(name, null!).Value));
        }
        else
        {
            _reminders.Forget(name);
        }
    }

    private sealed class Provider(RaftCoordination program) : ExtensionIdProvider<RaftCoordination>
    {
        public override RaftCoordination CreateExtension(ExtendedActorSystem system) => program;
    }
}
