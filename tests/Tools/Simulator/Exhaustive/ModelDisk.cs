using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>A disk whose writes end one by one. A crash loses those under way.</summary>
internal sealed class ModelDisk : SimulatedDisk
{
    public ModelDisk(InitialState content) => Load(content, []);

    /// <summary>Ends the oldest write and returns it.</summary>
    public object Finish() => FinishOne();

    public override void Crash(Prng prng) => ForgetUnderWay();
}
