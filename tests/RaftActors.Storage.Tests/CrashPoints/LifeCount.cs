namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary>The number of lives that a test tries. The variable sets the number of a longer run.</summary>
internal static class LifeCount
{
    private const string Variable = "RAFTACTORS_CRASH_LIVES";

    public static int Or(int usual) => int.TryParse(Environment.GetEnvironmentVariable(Variable), out var set) ? set : usual;
}
