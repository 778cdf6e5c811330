namespace Akka.Actor;

/// <summary>Something of which each actor system has one.</summary>
public interface IExtension
{
}
