namespace RaftActors.Testing.Simulation;

/// <summary>Makes what a program of a client awaits a turn of its node.</summary>
internal sealed class SimulatedContext(World world, NodeLife life) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) =>
        world.Post(life, () => Run(() => d(state)), (state as Action)?.Target);

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs code of the program now.</summary>
    public void Run(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
