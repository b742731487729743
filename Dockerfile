# Dependencies alone, so that a change of the code does not install them anew.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /laurel
COPY package.json package-lock.json .npmrc ./
# The image brings Node, and PostgreSQL and Redis run beside it: no install script is needed.
RUN npm ci --ignore-scripts

FROM dependencies AS build
COPY prisma.config.ts ./
COPY prisma ./prisma
# Generating the client does not use the schema engine; naming any executable keeps it from being fetched.
RUN PATH="/laurel/node_modules/.bin:$PATH" PRISMA_SCHEMA_ENGINE_BINARY=/bin/true prisma generate
COPY setup/widget.ts ./setup/
COPY widget/src ./widget/src
RUN node --input-type=module -e "await (await import('/laurel/setup/widget.ts')).ensureWidget()"
RUN npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    LAUREL_HOST=0.0.0.0 \
    PORT=4000
WORKDIR /laurel
COPY --from=build /laurel/node_modules ./node_modules
COPY package.json ./
COPY bin ./bin
COPY setup ./setup
COPY schema ./schema
COPY subscriptions ./subscriptions
COPY src ./src
COPY prisma ./prisma
COPY --from=build /laurel/prisma/generated ./prisma/generated
COPY --from=build /laurel/widget/dist ./widget/dist
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Any number of containers may start at once: migrating is safe side by side.
CMD ["sh", "-c", "node setup/deploy.ts && exec node --max-semi-space-size=32 src/main.ts"]
