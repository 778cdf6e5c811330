namespace RaftActors.Dashboard.Pages;

/// <summary>
/// Draws the voters of a group in a ring and the learners below it, each at a place that follows from its name. A line joins the leader
/// with each other member, and is broken if they do not reach each other. A tick marks the votes of the latest election, if this node won
/// it.
/// </summary>
internal static class QuorumDrawing
{
    private const double Width = 460;
    private const double Ring = 96;
    private const double Centre = 142;
    private const double RowHeight = 84;
    private const double Radius = 24;

    public static void Add(HtmlWriter html, GroupView group)
    {
        var voters = group.Voters.ToList();
        var learners = group.Learners.ToList();
        Dictionary<ProcessName, (double X, double Y)> places = [];
        for (var i = 0; i < voters.Count; i++)
        {
            var angle = (Math.Tau * i / voters.Count) - (Math.PI / 2);
            places[voters[i].Name] = ((Width / 2) + (Ring * 1.35 * Math.Cos(angle)), Centre + (Ring * Math.Sin(angle)));
        }

        for (var i = 0; i < learners.Count; i++)
        {
            places[learners[i].Name] = (Width * (i + 0.5) / learners.Count, Centre + Ring + RowHeight);
        }

        var height = places.Values.Select(place => place.Y).Append(Centre).Max() + Radius + 28;
        html.Add($"<svg class=\"quorum\" role=\"img\" aria-labelledby=\"quorum-title quorum-text\" viewBox=\"0 0 {Width} {height:0}\">");
        html.Add($"<title id=\"quorum-title\">Quorum of {group.Name}</title><desc id=\"quorum-text\">{Sentence(group)}</desc>");
        if (group.Leader is { } leader && places.TryGetValue(leader, out var from))
        {
            var reached = group.Processes.FirstOrDefault(process => process.Name == leader)?.Status?.Reachable;
            foreach (var (name, to) in places.Where(place => place.Key != leader))
            {
                var isCut = reached?.Contains(name) != true;
                html.Add($"<line class=\"edge{(isCut ? " cut" : "")}\" x1=\"{from.X:0.0}\" y1=\"{from.Y:0.0}\" ");
                html.Add($"x2=\"{to.X:0.0}\" y2=\"{to.Y:0.0}\"/>");
            }
        }

        foreach (var process in voters.Concat(learners))
        {
            AddMember(html, group, process, places[process.Name]);
        }

        html.Add($"<text class=\"centre\" x=\"{Width / 2}\" y=\"{Centre:0.0}\">{group.Answering} of {voters.Count}</text>");
        html.Add($"<text class=\"centre small\" x=\"{Width / 2}\" y=\"{Centre + 17:0.0}\">{group.Majority} commit</text></svg>");
    }

    /// <summary>The voters whose votes made the leader of the present term, if a process of this node is that leader.</summary>
    public static IReadOnlyCollection<ProcessName> VotesOf(GroupView group) =>
        group.Events.Elected is { } elected && elected.Term == group.Term && elected.Process == group.Leader ? elected.Votes : [];

    private static void AddMember(HtmlWriter html, GroupView group, ProcessView process, (double X, double Y) at)
    {
        var isLeader = process.Name == group.Leader;
        var kind = process.Status is null ? "silent" : isLeader ? "leader" : process.Member is { IsVoter: true } ? "voter" : "learner";
        var letter = process switch
        {
            { Status: null } => "?",
            { Status.Fence: not null } or { Status.Failure: not null } => "!",
            { Member.IsVoter: false } => "n",
            _ => process.Status.Role switch
            {
                RaftRole.Leader => "L",
                RaftRole.Candidate => "C",
                RaftRole.PreCandidate => "P",
                _ => "F",
            },
        };
        html.Add($"<g class=\"{kind}\"><circle cx=\"{at.X:0.0}\" cy=\"{at.Y:0.0}\" r=\"{Radius}\"/>");
        html.Add($"<text class=\"letter\" x=\"{at.X:0.0}\" y=\"{at.Y + 6:0.0}\">{letter}</text>");
        // The name is outside of the ring, where no line goes.
        var below = at.Y < Centre ? -Radius - 9 : Radius + 17;
        html.Add($"<text class=\"name\" x=\"{at.X:0.0}\" y=\"{at.Y + below:0.0}\">{Short(process.Name.Node)}</text></g>");
        if (VotesOf(group).Contains(process.Name))
        {
            var (x, y) = (at.X + (Radius * 0.8), at.Y - (Radius * 0.8));
            html.Add($"<g class=\"vote\"><circle cx=\"{x:0.0}\" cy=\"{y:0.0}\" r=\"9\"/>");
            html.Add($"<path d=\"M{x - 4:0.0} {y:0.0}l3 3.5l5 -6.5\"/></g>");
        }
    }

    private static string Sentence(GroupView group) =>
        $"{string.Join(", ", group.Processes.Select(process => $"{process.Name.Node}: {Words.Role(process)}"))}. "
        + $"{group.Answering} of {group.Voters.Count()} voters answer, and {group.Majority} commit a pair.";

    private static string Short(string node) => node.Length <= 22 ? node : $"…{node[^21..]}";
}
