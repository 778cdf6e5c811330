using System.Text;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RaftActors.Simulator;

/// <summary>
/// A source file with several bugs, each behind a switch, because to compile a project and to start what was made takes longer than most
/// bugs take to be found. A body that a bug changes becomes <c>{ if (switch) { changed } else { original } }</c>.
/// </summary>
public sealed class SwitchedSource
{
    private readonly string _text;
    private readonly CSharpParseOptions _parsing;
    private readonly List<SyntaxNode> _bodies;
    private readonly SortedDictionary<int, List<(string Condition, SyntaxNode Body)>> _changed = [];

    /// <param name="text">The file without bugs.</param>
    public SwitchedSource(string text, CSharpParseOptions parsing)
    {
        (_text, _parsing) = (text, parsing);
        _bodies = BodiesOf(text);
    }

    /// <summary>Whether a file with a bug differs in the bodies of members alone. Otherwise no switch can hold the bug.</summary>
    public bool CanHold(string changed)
    {
        var bodies = BodiesOf(changed);
        return bodies.Count == _bodies.Count && Around(bodies, changed) == Around(_bodies, _text);
    }

    /// <summary>Adds a bug that is there while a condition holds.</summary>
    /// <param name="changed">The file with the bug.</param>
    public void Add(string condition, string changed)
    {
        var bodies = BodiesOf(changed);
        for (var i = 0; i < bodies.Count; i++)
        {
            if (bodies[i].ToString() != _bodies[i].ToString())
            {
                _changed.TryAdd(i, []);
                _changed[i].Add((condition, bodies[i]));
            }
        }
    }

    /// <summary>Returns the file with all bugs that were added.</summary>
    public override string ToString()
    {
        var (made, at) = (new StringBuilder(), 0);
        foreach (var (number, bugs) in _changed)
        {
            var original = _bodies[number];
            var isGetter = original is ArrowExpressionClauseSyntax { Parent: PropertyDeclarationSyntax or IndexerDeclarationSyntax };
            made.Append(_text, at, original.SpanStart - at).Append(isGetter ? "{ get { " : "{ ");
            bugs.ForEach(bug => made.Append($"if ({bug.Condition}) {BlockOf(bug.Body)} else "));
            made.Append(BlockOf(original)).Append(isGetter ? " } }" : " }");

            // The semicolon after an expression goes, because a block needs none.
            at = original is ArrowExpressionClauseSyntax ? _text.IndexOf(';', original.Span.End) + 1 : original.Span.End;
        }

        return made.Append(_text, at, _text.Length - at).ToString();
    }

    // The bodies of members and accessors, in the order of the file. A body in another one belongs to that.
    private List<SyntaxNode> BodiesOf(string text) =>
    [
        .. CSharpSyntaxTree.ParseText(text, _parsing).GetRoot().DescendantNodes(node => !IsBody(node)).Where(IsBody),
    ];

    private static bool IsBody(SyntaxNode node) => node is BlockSyntax or ArrowExpressionClauseSyntax
        && node.Parent is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or PropertyDeclarationSyntax or IndexerDeclarationSyntax;

    // Without indentation, because bugs are written without.
    private static string Around(List<SyntaxNode> bodies, string text)
    {
        var (around, at) = (new StringBuilder(), 0);
        foreach (var span in bodies.Select(body => body.Span))
        {
            around.Append(text, at, span.Start - at).Append("{}");
            at = span.End;
        }

        return string.Join('\n', $"{around.Append(text, at, text.Length - at)}".Split('\n').Select(line => line.TrimStart()));
    }

    private static string BlockOf(SyntaxNode body) => body is ArrowExpressionClauseSyntax { Expression: var value }
        ? value is ThrowExpressionSyntax || !Returns(body.Parent!) ? $"{{ {value}; }}" : $"{{ return {value}; }}"
        : body.ToString();

    private static bool Returns(SyntaxNode member) => member switch
    {
        MethodDeclarationSyntax method => method.ReturnType.ToString() is var type && type != "void"
            && !(method.Modifiers.Any(SyntaxKind.AsyncKeyword) && type is "Task" or "ValueTask"),
        ConstructorDeclarationSyntax or DestructorDeclarationSyntax => false,
        AccessorDeclarationSyntax accessor => accessor.IsKind(SyntaxKind.GetAccessorDeclaration),
        _ => true,
    };
}
