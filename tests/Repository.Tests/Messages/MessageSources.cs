using System.Globalization;

namespace Repository.Tests.Messages;

/// <summary>
/// The messages of the product, from its source: texts of its own exceptions, of log lines of the levels warning and error, of fenced and
/// stopped processes, of refused connections and credentials, and of the errors of the <c>raft</c> program.
/// </summary>
internal static partial class MessageSources
{
    // Their texts reach a user or an operator, as they are or at the end of a log line.
    private static readonly HashSet<string> Exceptions =
    [
        "RaftConfigurationException", "RaftStartException", "RosterMismatchException", "StoreException", "DiskFullException",
        "ActorStartException", "UsageException", "AuthenticationException", "RaftProjectionException",
    ];

    // It has the messages of a disk whose faults a test has planned.
    private const string DiskModel = "src/RaftActors.Testing/DiskModel/";

    // Files that are wrong, and bytes that are none of a node.
    private static readonly string[] FoldersOfBadData = ["src/RaftActors/Security/", "src/RaftActors/Network/"];

    /// <returns>Each message once, with a place where it is made.</returns>
    public static IEnumerable<(string Text, string Place)> All() => Repository.Files("*.csproj", "src")
        .Where(project => !project.Contains("Templates"))
        .SelectMany(project => In(Path.GetFileNameWithoutExtension(project)))
        .DistinctBy(message => message.Text);

    private static IEnumerable<(string Text, string Place)> In(string project)
    {
        var compilation = Compilation.Of(project);
        var template = new MessageTemplate(compilation);
        return
            from tree in compilation.SyntaxTrees
            where tree.FilePath.Length > 0 && !tree.FilePath.StartsWith(DiskModel, StringComparison.Ordinal)
            from node in tree.GetRoot().DescendantNodes()
            from text in TextsOf(node, tree.FilePath, template)
            select (text.ReplaceLineEndings(" ").Trim(), $"{tree.FilePath}:{tree.GetLineSpan(node.Span).StartLinePosition.Line + 1}");
    }

    private static IEnumerable<string> TextsOf(SyntaxNode node, string file, MessageTemplate template) => node switch
    {
        ObjectCreationExpressionSyntax { ArgumentList.Arguments: var given } made when IsException(made.Type.ToString(), file) =>
            given.Take(made.Type.ToString() == "ActorStartException" ? 2 : 1).SelectMany(each => template.TextsOf(each.Expression)),
        ObjectCreationExpressionSyntax { ArgumentList.Arguments: [_, _, var text] } made when made.Type.ToString() == "RaftFailure" =>
            template.TextsOf(text.Expression),
        ObjectCreationExpressionSyntax { ArgumentList.Arguments: [_, _, _, var text] } made
            when made.Type.ToString() == "Message.Refusal" =>
            template.TextsOf(text.Expression),
        PrimaryConstructorBaseTypeSyntax { ArgumentList.Arguments: [var text, ..] } made when made.Type.ToString().EndsWith("Exception") =>
            template.TextsOf(text.Expression),
        ConstructorInitializerSyntax { ArgumentList.Arguments: [var text, ..] } made when IsExceptionsOwn(made) =>
            template.TextsOf(text.Expression),
        InvocationExpressionSyntax { ArgumentList.Arguments: var given } called
            when TextIn(called, [.. given.Select(each => each.Expression)], file) is [var text, .. var values] =>
            template.TextsOf(text).Select(line => WithNames(line, values)).Concat(values.SelectMany(template.SentencesOf)),
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.Text: "problem" }, Right: var text }
            when IsOfTheProgram(file) =>
            template.TextsOf(text),
        _ => [],
    };

    private static bool IsException(string type, string file) =>
        Exceptions.Contains(type)
        || (type == "InvalidDataException" && FoldersOfBadData.Any(folder => file.StartsWith(folder, StringComparison.Ordinal)));

    private static bool IsExceptionsOwn(ConstructorInitializerSyntax made) =>
        made.Parent?.Parent is ClassDeclarationSyntax { Identifier.Text: var name } && Exceptions.Contains(name);

    private static bool IsOfTheProgram(string file) => file.StartsWith("src/RaftActors.Cli/", StringComparison.Ordinal);

    /// <returns>The text and the values of its places, if the call writes a line or refuses something.</returns>
    private static ExpressionSyntax[] TextIn(InvocationExpressionSyntax call, ExpressionSyntax[] given, string file)
    {
        var (owner, name) = call.Expression switch
        {
            MemberAccessExpressionSyntax member => ($"{member.Expression}", member.Name.Identifier.Text),
            IdentifierNameSyntax method => ("", method.Identifier.Text),
            _ => ("", ""),
        };
        return (owner, name, given) switch
        {
            (_, "Warning" or "Error", _) when IsLog(owner) => [.. given.SkipWhile(IsNoText)],
            (_, "Log", [var level, .. var rest]) when IsLog(owner) && !IsQuiet(level) => [.. rest.SkipWhile(IsNoText)],
            (_, "Log", [var level, _, _, var text]) when owner.EndsWith("Latest") && !IsQuiet(level) => [text],
            ("EventText", "Warning" or "Error", [var text, ..]) => [text],
            (_, "WriteLine", [var text]) when owner.EndsWith("Error") => [text],
            (_, "AddError", [var text]) => [text],
            ("RaftFailure", "NotDone", [_, var text]) => [text],
            ("RaftException", "Unavailable", [var text]) => [text],
            (_, "TryGive", [_, var text, _]) => [text],
            (_, "Note" or "RefuseRequest", [_, _, var text]) => [text],
            ("" or "RaftConfigurationException", "Demand", [_, var text]) when IsOfSettings(file) => [text],
            _ => [],
        };
    }

    private static bool IsLog(string owner) =>
        owner.EndsWith("log", StringComparison.OrdinalIgnoreCase) || owner.EndsWith("GetLogger()", StringComparison.Ordinal);

    // The cause of a line, or its level, stands before its text.
    private static bool IsNoText(ExpressionSyntax given) =>
        given is not (LiteralExpressionSyntax { Token.Value: string } or InterpolatedStringExpressionSyntax or BinaryExpressionSyntax
            or ConditionalExpressionSyntax or IdentifierNameSyntax { Identifier.Text: "text" or "line" });

    private static bool IsQuiet(ExpressionSyntax level) => level.ToString() is "LogLevel.InfoLevel" or "LogLevel.DebugLevel";

    // Elsewhere a demand is one on the product's own code, or on bytes that a checksum covers.
    private static bool IsOfSettings(string file) =>
        !file.EndsWith("Options.cs", StringComparison.Ordinal)
        && !file.StartsWith("src/RaftActors.Core/", StringComparison.Ordinal)
        && !file.StartsWith("src/RaftActors.Coordination/State/", StringComparison.Ordinal);

    // The places of a log line have numbers, or the names of a structured log.
    private static string WithNames(string line, ExpressionSyntax[] values)
    {
        ExpressionSyntax[] each =
        [
            .. values.SelectMany(value => value is CollectionExpressionSyntax list
                ? list.Elements.OfType<ExpressionElementSyntax>().Select(element => element.Expression)
                : [value]),
        ];
        return Places().Replace(line, place =>
            int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture) is var i && i < each.Length
                ? MessageTemplate.Hole(each[i])
                : place.Value);
    }

    [GeneratedRegex(@"\{(\d)(?::\w+)?\}")]
    private static partial Regex Places();
}
