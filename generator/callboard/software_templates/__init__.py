"""Backstage's software templates: parameters and answers, the rendering engine, steps and their actions."""
