namespace RaftActors.Tests;

/// <summary>The machine of a test's thread, with a clock of the test.</summary>
internal sealed class ClockMachine(TimeProvider clock) : Machine
{
    public override TimeProvider Time => clock;
}
