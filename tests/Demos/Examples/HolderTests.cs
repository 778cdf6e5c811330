using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>Tests of code that holds locks, without nodes.</summary>
public sealed class HolderTests
{
    private readonly ScriptedCoordination _group = new();

    [Fact]
    public async Task Second_program_gets_the_lock_when_the_first_one_has_lost_it()
    {
        var (first, second) = (_group.NewProgram("first"), _group.NewProgram("second"));
        var held = await first.LockAsync("billing");
        var waiting = second.LockAsync("billing");

        _group.EndSession(first);

        var next = await waiting;
        Assert.False(held.IsHeld);
        Assert.True(next.Token > held.Token);
    }
}
