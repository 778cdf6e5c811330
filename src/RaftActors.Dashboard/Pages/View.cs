namespace RaftActors.Dashboard.Pages;

/// <summary>One page at one moment. It is rendered once for all browsers that show it.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Parts">From the top.</param>
/// <param name="Point">The next point of the plots, if the page has some.</param>
/// <param name="IsMissing">This node does not have what the page would show.</param>
internal sealed record View(string Title, ImmutableArray<Part> Parts, Point? Point = null, bool IsMissing = false)
{
    public static View Of(Sample sample, ViewKey key) => sample.Render(key, each => each.Subject switch
    {
        { Kind: PageKind.Group, Name: { } group } =>
            sample.Find(group) is { } found ? GroupPage.Render(sample, found, each) : Missing(group),
        { Kind: PageKind.Shards, Name: { } name } => ShardsPage.Render(sample, name, each),
        { Kind: PageKind.Log, Name: { } group } =>
            sample.Find(group) is { } found ? LogPage.Render(sample, found) : Missing(group),
        { Kind: PageKind.Coordination } => CoordinationPage.Render(sample, each),
        { Kind: PageKind.Lock, Name: { } name } => LockPage.Render(sample, name, each),
        _ => OverviewPage.Render(sample, each),
    });

    private static View Missing(string group)
    {
        Part summary = new(
            "summary", html => html.Add($"<p class=\"problem\">This node neither hosts the group {group} nor has a client of it.</p>"));
        return new View(group, [summary], IsMissing: true);
    }
}

/// <summary>What a browser shows.</summary>
/// <param name="Root">The path of the overview, without a slash at its end.</param>
/// <param name="IsOperator">The page has buttons.</param>
internal sealed record ViewKey(string Root, Subject Subject, bool IsOperator);

/// <param name="write">Writes it, or null for an empty part.</param>
/// <param name="isLive">The part is sent again when it changes.</param>
internal sealed class Part(string id, Action<HtmlWriter>? write, bool isLive = true)
{
    public string Id => id;

    public bool IsLive => isLive;

    public string Html { get; } = Written(write);

    private static string Written(Action<HtmlWriter>? write)
    {
        HtmlWriter html = new();
        write?.Invoke(html);
        return html.ToString();
    }
}

/// <summary>One point of each plot.</summary>
/// <param name="Median">The median of the times to commit, in milliseconds, or null if none was measured.</param>
/// <param name="High">The 99th percentile of these times.</param>
internal sealed record Point(long At, double? Rate, long Lag, double? Median, double? High);
