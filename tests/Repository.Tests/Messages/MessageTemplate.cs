namespace Repository.Tests.Messages;

/// <summary>
/// The texts that an expression can have, with <c>{name}</c> for a value with a name and <c>...</c> for any other. An expression that is
/// a variable, a property or a call of the same project has the texts that these are made from.
/// </summary>
internal sealed class MessageTemplate(CSharpCompilation compilation)
{
    // Further calls say which text of many is meant, and no longer how it is made.
    private const int DepthMax = 4;

    // A text with fewer letters of its own says nothing: it passes on what another one says.
    private const int LettersMin = 8;

    private readonly HashSet<string> _constants =
    [
        .. from tree in compilation.SyntaxTrees
           from node in tree.GetRoot().DescendantNodes()
           let made = node switch
           {
               FieldDeclarationSyntax field when field.Modifiers.Any(SyntaxKind.ConstKeyword) => field.Declaration,
               LocalDeclarationStatementSyntax { IsConst: true } local => local.Declaration,
               _ => null,
           }
           where made is not null
           from variable in made.Variables
           select variable.Identifier.Text,
    ];

    /// <returns>None if the text is made elsewhere, and only passed on.</returns>
    public IEnumerable<string> TextsOf(ExpressionSyntax expression) =>
        TextsOf(expression, DepthMax).Where(text => LettersOf(text) >= LettersMin).Distinct();

    /// <returns>The texts that are sentences, and so messages of their own in the place of a value.</returns>
    public IEnumerable<string> SentencesOf(ExpressionSyntax value) =>
        TextsOf(value).Where(text => text.Count(letter => letter == ' ') >= 4);

    private IEnumerable<string> TextsOf(ExpressionSyntax expression, int depth) => expression switch
    {
        LiteralExpressionSyntax { Token.Value: string text } => [text],
        LiteralExpressionSyntax => [],
        InterpolatedStringExpressionSyntax text => [string.Concat(text.Contents.Select(TextOf))],
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum => Sums(sum, depth),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } either =>
            TextsOf(either.Left, depth).Concat(TextsOf(either.Right, depth)),
        ParenthesizedExpressionSyntax inner => TextsOf(inner.Expression, depth),
        ConditionalExpressionSyntax either => TextsOf(either.WhenTrue, depth).Concat(TextsOf(either.WhenFalse, depth)),
        SwitchExpressionSyntax cases => cases.Arms.SelectMany(arm => TextsOf(arm.Expression, depth)),
        ThrowExpressionSyntax => [],
        _ when depth > 0 => SourcesOf(expression).SelectMany(source => TextsOf(source, depth - 1)),
        _ => [],
    };

    // A part that is not known keeps its place, so that the rest of the sentence can be found.
    private IEnumerable<string> Sums(BinaryExpressionSyntax sum, int depth) =>
        from left in TextsOf(sum.Left, depth).DefaultIfEmpty(Hole(sum.Left))
        from right in TextsOf(sum.Right, depth).DefaultIfEmpty(Hole(sum.Right))
        select left + right;

    private string TextOf(InterpolatedStringContentSyntax part) => part switch
    {
        InterpolatedStringTextSyntax text => text.TextToken.ValueText,
        InterpolationSyntax { Expression: var value } => ConstantOf(value) ?? Hole(value),
        _ => "",
    };

    // Without a constant of its name, a value needs no look at the code around it, which costs the most time here.
    private string? ConstantOf(ExpressionSyntax value) =>
        (value is not IdentifierNameSyntax { Identifier.Text: var name } || _constants.Contains(name))
        && ModelOf(value).GetConstantValue(value) is { HasValue: true, Value: string text } ? text : null;

    /// <returns>The place of a value in a text.</returns>
    public static string Hole(ExpressionSyntax value) => value switch
    {
        IdentifierNameSyntax name => $"{{{name.Identifier.Text.TrimStart('_')}}}",
        MemberAccessExpressionSyntax { Name.Identifier.Text: var name } => $"{{{name}}}",
        _ => "...",
    };

    private IEnumerable<ExpressionSyntax> SourcesOf(ExpressionSyntax expression)
    {
        var found = ModelOf(expression).GetSymbolInfo(expression);
        return (found.Symbol ?? found.CandidateSymbols.FirstOrDefault())?.DeclaringSyntaxReferences
            .SelectMany(reference => SourcesIn(reference.GetSyntax())) ?? [];
    }

    private SemanticModel ModelOf(SyntaxNode node) => Compilation.ModelOf(compilation, node.SyntaxTree);

    private static IEnumerable<ExpressionSyntax> SourcesIn(SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax { Initializer.Value: var value } => [value],
        PropertyDeclarationSyntax { Initializer.Value: var value } => [value],
        PropertyDeclarationSyntax property => Returned(property, property.ExpressionBody),
        MethodDeclarationSyntax method => Returned(method, method.ExpressionBody),
        LocalFunctionStatementSyntax method => Returned(method, method.ExpressionBody),
        _ => [],
    };

    private static IEnumerable<ExpressionSyntax> Returned(SyntaxNode member, ArrowExpressionClauseSyntax? arrow) =>
        arrow is not null
            ? [arrow.Expression]
            : member
                .DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) || node == member)
                .OfType<ReturnStatementSyntax>().Select(each => each.Expression).OfType<ExpressionSyntax>();

    private static int LettersOf(string text)
    {
        var isHole = false;
        return text.Count(letter => (isHole = letter == '{' || (isHole && letter != '}')) is false && char.IsLetter(letter));
    }
}
