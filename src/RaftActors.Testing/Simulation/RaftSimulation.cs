using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Testing.Simulation;

/// <summary>
/// Runs a whole group of real raft actors on one thread and in virtual time: the actors, unchanged, with the engine, wire format, delivery,
/// store and client of the product. One seed decides the order of all turns, the network, the disks, the clocks and the faults, so the same
/// seed gives the same run. At equal serials it compares the results of HandleAppend, and what TakeSnapshot returns, also of an actor that
/// has restored a snapshot.
/// <para>
/// The actors and programs must not leave the simulation's thread: no <c>Task.Run</c>, no <c>ConfigureAwait(false)</c>, no timer of the
/// machine. A run that is left fails and names the place.
/// </para>
/// </summary>
public sealed class RaftSimulation
{
    private readonly List<(string What, Func<SimulationView, bool> Holds)> _always = [];
    private readonly List<(string What, Func<SimulationView, bool> Holds)> _eventually = [];
    private readonly List<PlannedActor> _actors = [];
    private readonly HashSet<Type> _actorTypes = [];
    private Config _config = Akka.Configuration.Config.Empty;
    private Action<Raft> _setUp = _ => { };
    private int _clients;
    private bool _allowsUndelivered;
    private bool _allowsDiverged;
    private Func<SimulatedClient, Task> _program = _ => Task.CompletedTask;

    private RaftSimulation()
    {
    }

    internal int NodeCount { get; private set; } = 3;

    internal SimulationFaults Kinds { get; private set; } = SimulationFaults.All;

    internal TimeSpan Duration { get; private set; } = TimeSpan.FromSeconds(20);

    /// <summary>The types of the user's code: what describes the simulation, and the actors of its latest run.</summary>
    internal IEnumerable<Type> UserTypes =>
        _actorTypes.Append(_program.Method.DeclaringType).OfType<Type>().Where(type => type.Assembly != typeof(RaftSimulation).Assembly);

    /// <summary>
    /// Runs a simulation. If it fails, runs it again with fewer faults until none can be left out. A seed that fails and one of ten others
    /// run twice, because two runs of a seed must not differ. Blocks the calling thread; several simulations may run at a time, each on a
    /// thread of its own.
    /// </summary>
    /// <param name="seed">Decides the run.</param>
    /// <param name="setup">Describes the simulation. Called for each run, so that no run sees what an earlier one has left.</param>
    /// <exception cref="SimulationException">
    /// A condition or a program failed, or two runs of the seed differ. The message has the seed, the faults and the last events.
    /// </exception>
    /// <exception cref="InvalidOperationException">There is no actor.</exception>
    public static SimulationResult Run(long seed, Action<RaftSimulation> setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return new SimulationShrinker(seed, () => Of(setup)).Run();
    }

    /// <summary>
    /// Seeds for a test with parameters, from 1 on: <c>[Theory, MemberData(nameof(RaftSimulation.Seeds), 100, MemberType =
    /// typeof(RaftSimulation))]</c> in xunit.
    /// </summary>
    /// <param name="count">Their number.</param>
    public static IEnumerable<object[]> Seeds(int count) => Enumerable.Range(1, count).Select(seed => new object[] { (long)seed });

    /// <summary>The number of nodes with an actor of the group. 3 by default.</summary>
    public RaftSimulation Nodes(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        NodeCount = count;
        return this;
    }

    /// <summary>
    /// An actor that each node starts, and again after each crash. Further actors need a group each, by their RaftOptions.
    /// </summary>
    /// <param name="create">Creates the one of a node, which has this number, from 0. Called on the simulation's thread.</param>
    /// <param name="name">The name of the actor.</param>
    public RaftSimulation Actor(Func<int, ActorBase> create, string name = "actor")
    {
        Plan(create, name, shard: null);
        return this;
    }

    /// <summary>
    /// The actors of shards: each node starts one for each shard that is placed on it, and again after each crash. The nodes are n1, n2 and
    /// so on.
    /// </summary>
    /// <param name="shards">The shards.</param>
    /// <param name="create">Creates the actor of a shard, as <see cref="EntityShard{TEntity, TState}"/>. Called as in Actor.</param>
    public RaftSimulation Shards(RaftShards shards, Func<RaftShard, ActorBase> create)
    {
        ArgumentNullException.ThrowIfNull(shards);
        foreach (var shard in shards.All)
        {
            Plan(_ => create(shard), shard.Group, shard);
        }

        return this;
    }

    /// <summary>Settings for the actor systems of all nodes, as HOCON.</summary>
    public RaftSimulation Config(string hocon)
    {
        _config = ConfigurationFactory.ParseString(hocon).WithFallback(_config);
        return this;
    }

    /// <summary>
    /// Called for each start of a node and for each program, before the actors and clients, as for <see cref="Raft.UseJson"/>.
    /// </summary>
    public RaftSimulation SetUp(Action<Raft> setUp)
    {
        _setUp = setUp;
        return this;
    }

    /// <summary>Programs that use the group from outside, each on a node of its own. A program that fails fails the simulation.</summary>
    public RaftSimulation Clients(int count, Func<SimulatedClient, Task> program)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        (_clients, _program) = (count, program);
        return this;
    }

    /// <summary>What may go wrong. All by default.</summary>
    public RaftSimulation Faults(SimulationFaults faults)
    {
        Kinds = faults;
        return this;
    }

    /// <summary>For how long faults happen. 20 s of the simulation's time by default. The programs have one minute more to end.</summary>
    public RaftSimulation For(TimeSpan duration)
    {
        Duration = duration;
        return this;
    }

    /// <summary>A condition that holds all the time. It is asked each time before the time of the simulation goes on.</summary>
    public RaftSimulation Always(string what, Func<SimulationView, bool> holds)
    {
        _always.Add((what, holds));
        return this;
    }

    /// <summary>A condition that holds within a minute after the last fault is mended and the programs have ended.</summary>
    public RaftSimulation Eventually(string what, Func<SimulationView, bool> holds)
    {
        _eventually.Add((what, holds));
        return this;
    }

    /// <summary>
    /// Accepts actors that do not apply all committed pairs within a minute after the programs, as those of a program that is too old.
    /// Without this call they fail the simulation.
    /// </summary>
    public RaftSimulation AllowUndelivered()
    {
        _allowsUndelivered = true;
        return this;
    }

    /// <summary>
    /// Accepts digests and snapshots that differ between nodes, as snapshots with a local time do, or states that
    /// <c>raft.snapshot.rebuild-diverged</c> mends. Without this call they fail the simulation.
    /// </summary>
    public RaftSimulation AllowDiverged()
    {
        _allowsDiverged = true;
        return this;
    }

    private void Plan(Func<int, ActorBase> create, string name, RaftShard? shard) => _actors.Add(new PlannedActor(
        name,
        node =>
        {
            var actor = create(node);
            _actorTypes.Add(actor.GetType());
            return actor;
        },
        shard));

    internal static RaftSimulation Of(Action<RaftSimulation> setup)
    {
        RaftSimulation simulation = new();
        setup(simulation);
        return simulation;
    }

    /// <summary>Runs once.</summary>
    /// <exception cref="SimulationException">A condition or a program failed.</exception>
    internal SimulationResult RunOnce(World world, IReadOnlyList<PlannedFault> plan)
    {
        if (_actors.Count == 0)
        {
            throw new InvalidOperationException("The simulation has no actor. Call Actor(...) in its setup.");
        }

        using SimulationRun run = new(world, NodeCount, _actors, _config, _setUp)
        {
            AllowsUndelivered = _allowsUndelivered,
            AllowsDiverged = _allowsDiverged,
            HasCrashes = Kinds.HasFlag(SimulationFaults.Crashes),
        };
        return run.Run(plan, Duration, _clients, _program, _always, _eventually);
    }
}
