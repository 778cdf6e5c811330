namespace Shared;

/// <summary>How long tests wait. Each test project imports its members.</summary>
public static class Waits
{
    /// <summary>Longer than any step takes on a working machine.</summary>
    public static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
}
