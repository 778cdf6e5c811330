namespace Repository.Tests.Messages;

/// <summary>Tells whether a message itself says what to do, by its words.</summary>
internal static partial class MessageRemedy
{
    /// <summary>True if the message has one of these:
    /// <list type="bullet">
    /// <item>a clause that begins with an imperative, such as "Set raft.node" or "; if it is lost, move the directory away";</item>
    /// <item>the values that a setting may have, such as "it must be 1 or more";</item>
    /// <item>the words that the program goes on by itself;</item>
    /// <item>a place for another message of the product, which the test checks where that one is made.</item>
    /// </list>
    /// </summary>
    public static bool IsIn(string message) =>
        Imperative().IsMatch(message) || Limit().IsMatch(message) || ByItself().IsMatch(message) || PassedOn().IsMatch(message);

    // A condition may stand before the imperative. Without the start of a clause, "can read" and "a set" would count too.
    [GeneratedRegex(
        @"(?:^|[.;:}] )(?:(?:after|before|for|if|otherwise|then|to|until|when|where|with|without)\b[^.;:]*?, |and |or )?(?:do not )?"
        + @"(?:add|append|ask|begin|call|change|check|choose|close|compare|copy|correct|decide|delete|deploy|dispose|export|find|free|give"
        + @"|implement|issue|keep|leave|let|list|lower|make|move|name|preload|put|query|raise|read|recover|release|remove|repair|repeat"
        + @"|replace|report|restart|restore|run|see|send|separate|set|shorten|start|stop|turn|update|upgrade|use|wait|write)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Imperative();

    [GeneratedRegex(@"(?:\bit|\bone|\bnumber|\bmin|\}|-\w[\w-]*) (?:must|may) (?:not )?(?:be|have)\b")]
    private static partial Regex Limit();

    [GeneratedRegex(@"\bby itself\b|\bwill be tried again\b")]
    private static partial Regex ByItself();

    // After a colon an exception of the system often stands, which says no remedy.
    [GeneratedRegex(@"(?:^|[.;] |: (?!\{Message\}|\.\.\.))(?:\{\w+\}|\.\.\.)\.?(?:$| [A-Z])|\{remedy\}$", RegexOptions.None)]
    private static partial Regex PassedOn();
}
