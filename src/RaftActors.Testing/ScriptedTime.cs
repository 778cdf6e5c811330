namespace RaftActors.Testing;

/// <summary>The times of scripted pairs.</summary>
internal static class ScriptedTime
{
    private static readonly DateTimeOffset Begin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Returns the given time, or a second after the pair before. As in a log, never below the time of that one.</summary>
    /// <param name="before">The time of the pair before, or null for the first pair.</param>
    public static DateTimeOffset Of(DateTimeOffset? given, DateTimeOffset? before)
    {
        var last = before ?? Begin;
        var time = given ?? last.AddSeconds(1);
        return time > last ? time : last;
    }
}
