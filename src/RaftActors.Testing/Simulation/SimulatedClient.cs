using Akka.Actor;

namespace RaftActors.Testing.Simulation;

/// <summary>A program outside of the group, on a node of its own. It never crashes. For the simulation's thread.</summary>
public sealed class SimulatedClient
{
    private readonly World _world;
    private readonly NodeLife _life;

    internal SimulatedClient(World world, NodeLife life, int number) => (_world, _life, Number) = (world, life, number);

    /// <summary>0, 1, 2 and so on.</summary>
    public int Number { get; }

    /// <summary>The actor system of the program.</summary>
    public ActorSystem System => _life.System;

    /// <summary>The time since the simulation began.</summary>
    public TimeSpan Now => _world.Now;

    /// <summary>Creates a client of the group.</summary>
    /// <typeparam name="TValue">The type of the values of the group.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleAppend.</typeparam>
    /// <param name="codec">The <see cref="RaftOptions{TValue}.Codec"/> of the actors. Null: they have none.</param>
    /// <param name="resultCodec">The <see cref="RaftActor{TValue, TResult}.ResultCodec"/> of the actors. Null: they have none.</param>
    public RaftClient<TValue, TResult> CreateClient<TValue, TResult>(
        RaftCodec<TValue>? codec = null, RaftCodec<TResult>? resultCodec = null) =>
        Raft.Get(System).CreateClient(codec: codec, resultCodec: resultCodec);

    /// <summary>A number that the seed chooses.</summary>
    /// <param name="below">Above all numbers that it may be.</param>
    public int Next(int below) => _world.Prng.Between(0, below - 1);

    /// <summary>Waits for a span of the simulation's time.</summary>
    public Task Delay(TimeSpan span)
    {
        TaskCompletionSource end = new();
        _world.After(span, _life, end.SetResult);
        return end.Task;
    }

    /// <summary>Adds a line to the trace.</summary>
    public void Trace(string text) => _world.Trace.Add(_world.Now, $"c{Number + 1}: {text}");
}
